/** When training may use the device: in its turn, after the frames of the screen. */
import type { Between } from '../../training/loops/sliced-runner';
import { FrameLoopStoppedError } from '../view/frame-loop';
import type { LearnAccess } from './learn-access';

/** Frames go first; while nothing is on screen, or it is just changing, nobody else has to be waited for. */
export function turnsOf({ screen }: LearnAccess): Between {
  return async (work) => {
    const present = screen();
    if (!present) return work();
    try {
      return await present.between(work);
    } catch (error) {
      if (error instanceof FrameLoopStoppedError) return work();
      throw error;
    }
  };
}
