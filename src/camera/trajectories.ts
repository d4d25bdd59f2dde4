/**
 * Paths of the camera through time. The one here is the loop of the official video script: an ellipse in front of the
 * face, yaw by the sine and pitch by the cosine of the time. Its pi is written 3.14, so the loop does not close exactly
 * and its middle is 0.0008 radians off the front; videos can only be compared frame by frame if that is kept.
 */
import type { CamToWorld, Point } from './conventions';
import { lookAtPose } from './look-at';

const SCRIPT_PI = 3.14;

export interface VideoTrajectory {
  /** Frames in one loop. */
  frames: number;
  radius?: number;
  pivot?: Point;
  /** Half the swing to the sides, radians. */
  yawRange?: number;
  /** Half the swing up and down, radians (in the sense of {@link lookAtPose}). */
  pitchRange?: number;
  /** How much higher than level the middle of the swing is, radians. */
  pitchLift?: number;
}

/**
 * The camera of one frame.
 * @param frame 0..frames-1; fractions and numbers beyond are allowed
 * @returns camToWorld, row by row
 */
export function videoPose(frame: number, trajectory: VideoTrajectory): CamToWorld {
  const { frames, radius, pivot, yawRange = 0.35, pitchRange = 0.25, pitchLift = 0.05 } = trajectory;
  const phase = (2 * SCRIPT_PI * frame) / frames;
  return lookAtPose({
    yaw: SCRIPT_PI / 2 + yawRange * Math.sin(phase),
    pitch: SCRIPT_PI / 2 - pitchLift + pitchRange * Math.cos(phase),
    radius,
    pivot,
  });
}
