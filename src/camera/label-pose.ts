/**
 * From a camera label back to the orbit control: the 25 numbers as a person pastes them (JSON, a line of a data set's `dataset.json`, what
 * numpy prints), and the place of the orbit camera that has this label.
 *
 * A label says where the camera is and where it looks, but not which point on its axis it goes round: of all points the one nearest to
 * the model's own pivot is taken. The picture is the same for every one of them. Not every label is an orbit camera's: one that is rolled,
 * mirrored, skewed or off its centre is refused, with the number that is to blame.
 */
import { vec3d } from 'wgpu-matrix';
import {
  CAM_TO_WORLD_LENGTH,
  CameraError,
  type CameraLabel,
  camToWorldOf,
  intrinsicsOf,
  LABEL_LENGTH,
  makeLabel,
  type Point,
  positionOf,
} from './conventions';
import {
  FARTHEST_PAN,
  FARTHEST_ZOOM,
  fieldOfViewOf,
  NARROWEST_VIEW,
  NEAREST_ZOOM,
  type OrbitHome,
  type OrbitPlace,
  PITCH_LIMIT,
  WIDEST_VIEW,
} from './orbit';

/** Labels are often written with few digits: matrices may be so far from exact. */
const TOLERANCE = 1e-3;
/** Room for the rounding of a label whose camera is at a limit of the orbit control. */
const AT_LIMIT = 1e-4;
const DEGREES = 180 / Math.PI;

/** Text that is no label, or the label of a camera that the orbit control cannot be. */
export class CameraLabelError extends CameraError {
  override readonly code = 'camera-label';
}

/**
 * Reads 25 numbers out of text: whatever brackets, commas and white space are around them.
 * @throws CameraLabelError for text that is no number, for numbers that are not finite, and for another count
 */
export function parseLabel(text: string): CameraLabel {
  const words = text.split(/[\s,;()[\]]+/).filter((word) => word !== '');
  const remedy = 'Paste 16 numbers of the camera-to-world matrix, row by row, and 9 of the intrinsics.';
  const numbers = words.map((word) => {
    const value = Number(word);
    if (Number.isFinite(value)) return value;
    throw new CameraLabelError(`“${word.slice(0, 20)}” is not a finite number.`, value, 'finite', remedy);
  });
  if (numbers.length !== LABEL_LENGTH) {
    const count = numbers.length === 1 ? 'is 1 number' : `are ${numbers.length} numbers`;
    throw new CameraLabelError(`There ${count} where a label has 25.`, numbers.length, LABEL_LENGTH, remedy);
  }
  return makeLabel(numbers.slice(0, CAM_TO_WORLD_LENGTH), numbers.slice(CAM_TO_WORLD_LENGTH));
}

/** The 25 numbers as JSON that `parseLabel` reads again: rows of the matrix in lines of their own, then the intrinsics. */
export function formatLabel(label: CameraLabel): string {
  const numbers = Array.from(label, (value) => String(Number(value.toPrecision(7)) + 0)); // -0 becomes 0
  const lines = [0, 4, 8, 12].map((at) => numbers.slice(at, at + 4).join(', '));
  lines.push(...[16, 19, 22].map((at) => numbers.slice(at, at + 3).join(', ')));
  return `[${lines.join(',\n ')}]`;
}

/**
 * The place of the orbit camera that has this label; `lookFrom` goes there.
 * @param home of the model's camera: limits of distance and pivot are relative to it
 * @throws CameraLabelError for a label that no orbit camera has, or none within its limits
 */
export function placeOfLabel(label: CameraLabel, home: OrbitHome): Required<OrbitPlace> {
  const focal = focalIn(label);
  const { right, forward, position } = axesIn(label);
  const yaw = Math.atan2(-right[2]!, right[0]!);
  const pitch = Math.atan2(-forward[1]!, Math.hypot(forward[0]!, forward[2]!));
  expectWithin('camera is pitched by', pitch * DEGREES, [-PITCH_LIMIT * DEGREES, PITCH_LIMIT * DEGREES], '°');
  expectWithin('field of view is', fieldOfViewOf(focal), [NARROWEST_VIEW, WIDEST_VIEW], '°');
  const toPivot = vec3d.subtract(vec3d.create(...home.pivot), position);
  const [nearest, farthest] = [NEAREST_ZOOM * home.radius, FARTHEST_ZOOM * home.radius];
  const radius = Math.min(farthest, Math.max(nearest, vec3d.dot(toPivot, forward)));
  const [x = 0, y = 0, z = 0] = vec3d.addScaled(position, forward, radius);
  const pivot: Point = [x, y, z];
  expectWithin('camera looks past the head by', vec3d.distance(pivot, home.pivot), [0, FARTHEST_PAN * home.radius], '');
  return { yaw, pitch, radius, pivot, focal };
}

/** @throws CameraLabelError unless the intrinsics are those of a centred camera with square pixels */
function focalIn(label: CameraLabel): number {
  const [fx = 0, skew = 0, cx = 0, zero = 0, fy = 0, cy = 0, ...last] = intrinsicsOf(label);
  const remedy = 'The orbit control has a centred camera with square pixels: [f, 0, 0.5, 0, f, 0.5, 0, 0, 1].';
  if (!(fx > 0)) throw new CameraLabelError(`The focal length is ${rounded(fx)}.`, fx, '> 0', remedy);
  expectNear(fy / fx, 1, 'The two focal lengths differ', remedy);
  expectNear(skew, 0, 'The intrinsics are skewed', remedy);
  expectNear(zero, 0, 'The intrinsics are skewed', remedy);
  for (const centre of [cx, cy]) expectNear(centre, 0.5, 'The principal point is not in the middle', remedy);
  for (const [at, value] of last.entries()) expectNear(value, at === 2 ? 1 : 0, 'The last row is not 0, 0, 1', remedy);
  return fx;
}

interface CameraAxes {
  readonly right: Float64Array;
  readonly forward: Float64Array;
  readonly position: Float64Array;
}

/** @throws CameraLabelError unless the matrix is a rotation without roll, and a position */
function axesIn(label: CameraLabel): CameraAxes {
  const camToWorld = camToWorldOf(label);
  const column = (at: number) => vec3d.create(camToWorld[at], camToWorld[4 + at], camToWorld[8 + at]);
  const [right, down, forward] = [0, 1, 2].map(column) as [Float64Array, Float64Array, Float64Array];
  const position = vec3d.create(...positionOf(camToWorld));
  const remedy = 'Paste a camera-to-world matrix in OpenCV axes (x right, y down, z forward), row by row.';
  for (const [at, value] of camToWorld.subarray(12).entries()) {
    expectNear(value, at === 3 ? 1 : 0, 'The last row of the matrix is not 0, 0, 0, 1', remedy);
  }
  for (const axis of [right, down, forward]) expectNear(vec3d.length(axis), 1, 'The matrix stretches', remedy);
  for (const [a, b] of [
    [right, down],
    [right, forward],
    [down, forward],
  ] as const) {
    expectNear(vec3d.dot(a, b), 0, 'The axes are not at right angles', remedy);
  }
  expectNear(vec3d.dot(vec3d.cross(right, down), forward), 1, 'The matrix mirrors', remedy);
  const upright = 'The orbit control keeps the camera upright: take the roll out of the matrix.';
  expectNear(right[1]!, 0, 'The camera is rolled', upright);
  if (down[1]! > 0) throw new CameraLabelError('The camera is upside down.', down[1]!, '< 0', upright);
  return { right, forward, position };
}

function expectNear(value: number, wanted: number, what: string, remedy: string): void {
  if (Math.abs(value - wanted) <= TOLERANCE) return;
  throw new CameraLabelError(`${what}: ${rounded(value)} where ${wanted} is needed.`, value, wanted, remedy);
}

function expectWithin(what: string, value: number, [low, high]: readonly [number, number], unit: string): void {
  if (value >= low - AT_LIMIT && value <= high + AT_LIMIT) return;
  const range = `${rounded(low)}${unit} to ${rounded(high)}${unit}`;
  throw new CameraLabelError(
    `The ${what} ${rounded(value)}${unit}; here it can be ${range}.`,
    value,
    range,
    'Use a camera nearer to those that the model was trained with.',
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(4)) + 0;
}
