/**
 * Orbit control as pure maths: a state, and functions from state to state for every gesture. No DOM, no clock: the page
 * turns pointer events into calls with pixels, and calls `advance` with the time between two frames.
 *
 * Turning is free all the way round; pitch has soft limits (it resists beyond them and springs back when let go); zoom
 * moves the camera (the field of view stays the one that the model was trained with) between limits relative to the
 * model's own radius; panning moves the pivot a little. Letting go while moving leaves inertia (orbit-motion.ts).
 */
import { vec3d } from 'wgpu-matrix';
import { type CameraLabel, DEFAULT_FOCAL, DEFAULT_RADIUS, ORIGIN, type Point } from './conventions';
import { clamp, coast, coastWithin, type Motion, pushFor, restingPosition } from './orbit-motion';
import { orbitAxes, orbitLabel } from './orbit-pose';

/** Where a model's camera is at home. */
export interface OrbitHome {
  yaw: number;
  pitch: number;
  radius: number;
  pivot: Point;
  /** In image sizes. */
  focal: number;
}

/** Radians; immutable: every function gives a new state. */
export interface OrbitState {
  readonly home: OrbitHome;
  /** In (-pi, pi]. */
  readonly yaw: number;
  readonly pitch: number;
  readonly radius: number;
  readonly pivot: Point;
  /** In image sizes: 0.5 / tan(half the field of view). */
  readonly focal: number;
  /** Radians a second. */
  readonly yawVelocity: number;
  readonly pitchVelocity: number;
  /** Change of ln(radius) a second. */
  readonly zoomVelocity: number;
  /** Whether a finger or button is down: no inertia and no spring meanwhile. */
  readonly held: boolean;
}

/** Size of the shown picture on the page, in the same pixels as the gestures (CSS pixels). */
export interface Viewport {
  width: number;
  height: number;
}

/** Soft limits of the pitch: 75 degrees up and down. */
export const PITCH_LIMIT = (75 * Math.PI) / 180;
/** However hard it is pulled or thrown, no camera is shown beyond this (85 degrees). */
const FARTHEST_PITCH = (85 * Math.PI) / 180;
/** The radius, in home radii. */
export const NEAREST_ZOOM = 0.45;
export const FARTHEST_ZOOM = 2;
/** How far the pivot may be moved from home, in home radii. */
export const FARTHEST_PAN = 0.2;
/** Radians a second of a camera that goes round by itself. */
const SELF_ROTATION = Math.PI / 10;
/** Fields of view, in degrees. */
export const NARROWEST_VIEW = 4;
export const WIDEST_VIEW = 70;
/** A drag across the picture's shorter side turns by this. */
const TURN_ACROSS = Math.PI;
/** A key turns by 5 degrees (15 with Shift) and zooms by 8 % (25 %). */
const KEY_TURN = (5 * Math.PI) / 180;
const KEY_ZOOM = Math.log(1.08);
const LARGE_KEY_FACTOR = 3;
/** ln(radius) for each pixel of the wheel; a usual notch of 100 pixels is 13 %. */
const WHEEL_ZOOM = 0.00125;
const WHEEL_LINE_PIXELS = 16;
const WHEEL_PAGE_PIXELS = 400;
const LARGEST_WHEEL_PIXELS = 400;
/** The hand's speed is averaged over about this many seconds, and forgotten after a rest of as long. */
const HAND_MEMORY = 0.05;

/** The same angle in (-pi, pi]. */
export function wrapAngle(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}

/**
 * Home of a model's camera: in front, at the model's own radius, pivot and focal length (a model configuration's
 * `camera` fits), or at 2.7, the origin and 4.2647 where it says none.
 */
export function homeOf(camera: Partial<Pick<OrbitHome, 'radius' | 'pivot' | 'focal'>> = {}): OrbitHome {
  const { radius = DEFAULT_RADIUS, pivot = ORIGIN, focal = DEFAULT_FOCAL } = camera;
  return { yaw: 0, pitch: 0, radius, pivot, focal };
}

/** A camera at home and at rest. */
export function orbitAt(home: OrbitHome): OrbitState {
  const { yaw, pitch, radius, pivot, focal } = home;
  return { home, yaw, pitch, radius, pivot, focal, yawVelocity: 0, pitchVelocity: 0, zoomVelocity: 0, held: false };
}

/** Back home, at rest. */
export function reset(state: OrbitState): OrbitState {
  return orbitAt(state.home);
}

/** A place for the camera. */
export interface OrbitPlace {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly radius?: number;
  /** The point that it looks at. */
  readonly pivot?: Point;
  readonly focal?: number;
}

/** A camera at a given place (from an address, say), at rest. What is beyond a limit is brought within. */
export function lookFrom(state: OrbitState, view: OrbitPlace): OrbitState {
  return {
    ...orbitAt(state.home),
    yaw: wrapAngle(view.yaw ?? state.yaw),
    pitch: clamp(view.pitch ?? state.pitch, -PITCH_LIMIT, PITCH_LIMIT),
    radius: limitRadius(state.home, view.radius ?? state.radius),
    pivot: limitPivot(state.home, view.pivot ?? state.pivot),
    focal: clamp(view.focal ?? state.focal, focalOf(WIDEST_VIEW), focalOf(NARROWEST_VIEW)),
  };
}

/** The hand takes hold: all motion stops. */
export function grab(state: OrbitState): OrbitState {
  return { ...state, yawVelocity: 0, pitchVelocity: 0, zoomVelocity: 0, held: true };
}

/**
 * The hand lets go; what speed it had goes on.
 * @param secondsSinceLastMove a hand that rested before letting go throws nothing
 */
export function release(state: OrbitState, secondsSinceLastMove = 0): OrbitState {
  const kept = secondsSinceLastMove > HAND_MEMORY ? 0 : 1;
  return { ...state, yawVelocity: kept * state.yawVelocity, pitchVelocity: kept * state.pitchVelocity, held: false };
}

/**
 * A drag by some pixels turns the head with the hand: to the right takes the camera to the head's right.
 * @param seconds since the previous move, for the inertia; 0 leaves the hand's speed as it was
 */
export function drag(state: OrbitState, dx: number, dy: number, viewport: Viewport, seconds: number): OrbitState {
  const turnPerPixel = TURN_ACROSS / shorterSide(viewport);
  const yawTurn = -dx * turnPerPixel;
  const pitch = resistedPitch(state.pitch, dy * turnPerPixel);
  const news = 1 - Math.exp(-Math.max(seconds, 0) / HAND_MEMORY);
  const heed = (velocity: number, turn: number) =>
    news > 0 ? velocity + news * (turn / seconds - velocity) : velocity;
  return {
    ...state,
    yaw: wrapAngle(state.yaw + yawTurn),
    pitch,
    yawVelocity: heed(state.yawVelocity, yawTurn),
    pitchVelocity: heed(state.pitchVelocity, pitch - state.pitch),
  };
}

/** Beyond the limit each further radian counts less, up to none at the farthest pitch. */
function resistedPitch(pitch: number, turn: number): number {
  const room = FARTHEST_PITCH - PITCH_LIMIT;
  // The rubber band in the coordinate of the hand: shown = limit + room * (1 - e^(-pulled / room)).
  const shown = (pulled: number) => room * (1 - Math.exp(-pulled / room));
  const pulledFor = (over: number) => -room * Math.log(1 - Math.min(over / room, 1 - 1e-9));
  const over = Math.abs(pitch) - PITCH_LIMIT;
  const hand = over <= 0 ? pitch : Math.sign(pitch) * (PITCH_LIMIT + pulledFor(over));
  const moved = hand + turn;
  const movedOver = Math.abs(moved) - PITCH_LIMIT;
  return movedOver <= 0 ? moved : Math.sign(moved) * (PITCH_LIMIT + shown(movedOver));
}

/** Moves the pivot so that what is under the finger follows it, up to a limit around home. */
export function pan(state: OrbitState, dx: number, dy: number, viewport: Viewport): OrbitState {
  const { right, down } = orbitAxes(state.yaw, state.pitch);
  const worldPerPixel = state.radius / (state.focal * shorterSide(viewport));
  const moved = vec3d.create(...state.pivot);
  vec3d.addScaled(moved, right, -dx * worldPerPixel, moved);
  vec3d.addScaled(moved, down, -dy * worldPerPixel, moved);
  const [x = 0, y = 0, z = 0] = moved;
  return { ...state, pivot: limitPivot(state.home, [x, y, z]) };
}

/** Two fingers: at once, by the ratio of their distances (2 = twice as far apart = half the radius). */
export function pinch(state: OrbitState, ratio: number): OrbitState {
  if (!(ratio > 0) || !Number.isFinite(ratio)) return state;
  return { ...state, radius: limitRadius(state.home, state.radius / ratio), zoomVelocity: 0 };
}

/**
 * The wheel glides: down moves away.
 * @param deltaY and deltaMode as in a WheelEvent (mode 0 pixels, 1 lines, 2 pages)
 */
export function wheel(state: OrbitState, deltaY: number, deltaMode = 0): OrbitState {
  const pixels = deltaY * (deltaMode === 1 ? WHEEL_LINE_PIXELS : deltaMode === 2 ? WHEEL_PAGE_PIXELS : 1);
  return glideZoom(state, clamp(pixels, -LARGEST_WHEEL_PIXELS, LARGEST_WHEEL_PIXELS) * WHEEL_ZOOM);
}

/** Keys that move the camera, under their KeyboardEvent names. */
export const ORBIT_KEYS = [
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  '+',
  '=',
  '-',
  '_',
  'Home',
  'r',
  'R',
] as const;
export type OrbitKey = (typeof ORBIT_KEYS)[number];

export function isOrbitKey(key: string): key is OrbitKey {
  return ORBIT_KEYS.some((known) => known === key);
}

/**
 * A key: arrows turn the head as a drag in that direction does, + and - zoom, Home and R reset. Turns and zooms glide.
 * @param large bigger steps (Shift)
 */
export function pressKey(state: OrbitState, key: OrbitKey, large = false): OrbitState {
  const factor = large ? LARGE_KEY_FACTOR : 1;
  const push = pushFor(KEY_TURN * factor);
  switch (key) {
    case 'ArrowLeft':
      return { ...state, yawVelocity: state.yawVelocity + push };
    case 'ArrowRight':
      return { ...state, yawVelocity: state.yawVelocity - push };
    case 'ArrowUp':
      return { ...state, pitchVelocity: state.pitchVelocity - push };
    case 'ArrowDown':
      return { ...state, pitchVelocity: state.pitchVelocity + push };
    case '+':
    case '=':
      return glideZoom(state, -KEY_ZOOM * factor);
    case '-':
    case '_':
      return glideZoom(state, KEY_ZOOM * factor);
    default:
      return reset(state);
  }
}

/** The camera some time later on its way around the head by itself, once in 20 seconds; a hand that holds it stops it. */
export function rotateByItself(state: OrbitState, seconds: number): OrbitState {
  return state.held ? state : { ...state, yaw: wrapAngle(state.yaw + SELF_ROTATION * seconds) };
}

/**
 * The state some time later: inertia, and the spring at the pitch limits. Independent of how the time is cut into
 * steps (to about 1e-6 radians). While a hand holds the camera only gliding zoom goes on.
 * @param seconds >= 0
 */
export function advance(state: OrbitState, seconds: number): OrbitState {
  if (!(seconds > 0) || !isMoving(state)) return state;
  const zoom = advanceZoom(state, seconds);
  if (state.held) return { ...state, ...zoom };
  const yaw = coast({ position: state.yaw, velocity: state.yawVelocity }, seconds);
  const pitch = coastWithin(pitchMotion(state), -PITCH_LIMIT, PITCH_LIMIT, seconds);
  return {
    ...state,
    ...zoom,
    yaw: wrapAngle(yaw.position),
    yawVelocity: yaw.velocity,
    pitch: pitch.position,
    pitchVelocity: pitch.velocity,
  };
}

/** Whether `advance` would change the picture; if not, no frame needs to be drawn. */
export function isMoving(state: OrbitState): boolean {
  if (state.zoomVelocity !== 0) return true;
  if (state.held) return false;
  return state.yawVelocity !== 0 || state.pitchVelocity !== 0 || Math.abs(state.pitch) > PITCH_LIMIT;
}

/** Where the motion would end, at once: for people who prefer reduced motion. */
export function settle(state: OrbitState): OrbitState {
  const pitch = clamp(restingPosition(pitchMotion(state)), -PITCH_LIMIT, PITCH_LIMIT);
  const yaw = wrapAngle(restingPosition({ position: state.yaw, velocity: state.yawVelocity }));
  const logRadius = restingPosition({ position: Math.log(state.radius), velocity: state.zoomVelocity });
  const radius = limitRadius(state.home, Math.exp(logRadius));
  return { ...state, yaw, pitch, radius, yawVelocity: 0, pitchVelocity: 0, zoomVelocity: 0 };
}

/** The 25-number label of the camera as it is. */
export function labelOf({ yaw, pitch, radius, pivot, focal }: OrbitState): CameraLabel {
  const shownPitch = clamp(pitch, -FARTHEST_PITCH, FARTHEST_PITCH);
  return orbitLabel({ yaw, pitch: shownPitch, radius, pivot, focal });
}

function pitchMotion(state: OrbitState): Motion {
  return { position: state.pitch, velocity: state.pitchVelocity };
}

function shorterSide({ width, height }: Viewport): number {
  return Math.max(1, Math.min(width, height));
}

function limitRadius(home: OrbitHome, radius: number): number {
  return clamp(radius, NEAREST_ZOOM * home.radius, FARTHEST_ZOOM * home.radius);
}

/** A pivot no farther from home than it may be. */
function limitPivot({ pivot, radius }: OrbitHome, wanted: Point): Point {
  const home = vec3d.create(...pivot);
  const offset = vec3d.subtract(vec3d.create(...wanted), home);
  const farthest = FARTHEST_PAN * radius;
  const distance = vec3d.length(offset);
  const [x = 0, y = 0, z = 0] = vec3d.addScaled(home, offset, distance > farthest ? farthest / distance : 1);
  return [x, y, z];
}

/** The focal length, in image sizes, of a field of view in degrees from edge to edge. */
export function focalOf(fieldOfView: number): number {
  return 0.5 / Math.tan((fieldOfView * Math.PI) / 360);
}

/** The field of view in degrees of a focal length in image sizes. */
export function fieldOfViewOf(focal: number): number {
  return (Math.atan(0.5 / focal) * 360) / Math.PI;
}

/** Pushes the zoom so that it glides to its aim, which is never beyond the limits. */
function glideZoom(state: OrbitState, logStep: number): OrbitState {
  const logRadius = Math.log(state.radius);
  const aim = restingPosition({ position: logRadius, velocity: state.zoomVelocity }) + logStep;
  const limited = Math.log(limitRadius(state.home, Math.exp(aim)));
  return { ...state, zoomVelocity: pushFor(limited - logRadius) };
}

function advanceZoom(state: OrbitState, seconds: number): Pick<OrbitState, 'radius' | 'zoomVelocity'> {
  const zoom = coast({ position: Math.log(state.radius), velocity: state.zoomVelocity }, seconds);
  return { radius: limitRadius(state.home, Math.exp(zoom.position)), zoomVelocity: zoom.velocity };
}
