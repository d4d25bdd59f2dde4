/**
 * From the world of the data to EG3D's box, and back: x' = scale * rotation * (x - centre). The box is a cube around the origin (`box_warp` is
 * its side), y is up; outside it a scene has no density. What is exported is in the box; the file of a scene says how it came there.
 */
import { vec3d } from 'wgpu-matrix';
import { type CamToWorld, ORIGIN, type Point } from '../../camera/conventions';
import { camToWorldFromAxes } from '../../camera/look-at';
import type { PosedPictures } from './posed-pictures';
import type { SceneExtent } from './scene-extent';

export interface SceneNormalisation {
  readonly scale: number;
  /** Rows of a rotation matrix. */
  readonly rotation: readonly [Point, Point, Point];
  readonly centre: Point;
}

/** The side of the box of EG3D's model of faces. */
export const DEFAULT_BOX_SIDE = 1;

/** For data whose world is that of the box. */
export const NO_NORMALISATION: SceneNormalisation = {
  scale: 1,
  rotation: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  centre: ORIGIN,
};

/**
 * Takes the cube that the data say the scene is in to the box, upright. Where they do not, it puts what the cameras look at into the middle, so large that what
 * pictures see at that distance just fits; and where there is no such point (`extent.focus`), the box is twice as wide as the sphere of the cameras.
 * EG3D's data are left as they are.
 * @param boxSide > 0
 */
export function proposedNormalisation(
  data: PosedPictures,
  extent: SceneExtent,
  boxSide: number = DEFAULT_BOX_SIDE,
): SceneNormalisation {
  if (data.kind === 'eg3d') return NO_NORMALISATION;
  const rotation = rotationToUpright(data.up ?? extent.up ?? [0, -1, 0]); // of a model without any, OpenCV's axes are the guess: y down
  if (data.box) return { scale: boxSide / data.box.side, rotation, centre: data.box.centre };
  const { centre, radius } = extent.cameras;
  const half = extent.focus?.halfView ?? 2 * radius;
  return { scale: half > 0 ? boxSide / 2 / half : 1, rotation, centre: extent.focus?.point ?? centre };
}

/**
 * How far what the cameras look at reaches, in halves of the box's side: 1 just fits, more is outside.
 * @returns undefined if they look at no point
 */
export function reachInBox(
  { focus }: SceneExtent,
  normalisation: SceneNormalisation,
  boxSide: number = DEFAULT_BOX_SIDE,
): number | undefined {
  if (!focus) return undefined;
  const farthest = Math.max(...toBox(normalisation, focus.point).map(Math.abs));
  return (farthest + focus.halfView * normalisation.scale) / (boxSide / 2);
}

/** A point of the data's world in the box. */
export function toBox({ scale, rotation, centre }: SceneNormalisation, point: Point): Point {
  const offset = vec3d.subtract(point, centre);
  const [x, y, z] = rotation.map((row) => scale * vec3d.dot(row, offset));
  return [x!, y!, z!];
}

/** The inverse of {@link toBox}. */
export function fromBox({ scale, rotation, centre }: SceneNormalisation, point: Point): Point {
  const [x, y, z] = [0, 1, 2].map(
    (at) => rotation.reduce((sum, row, of) => sum + row[at]! * point[of]!, 0) / scale + centre[at]!,
  );
  return [x!, y!, z!];
}

/** A camera of the data's world in the box; its picture is the same. */
export function cameraToBox(normalisation: SceneNormalisation, camToWorld: ArrayLike<number>): CamToWorld {
  const turn = (axis: Point): Point => toBox({ ...normalisation, scale: 1, centre: ORIGIN }, axis);
  return moved(camToWorld, turn, (point) => toBox(normalisation, point));
}

/** The inverse of {@link cameraToBox}. */
export function cameraFromBox(normalisation: SceneNormalisation, camToWorld: ArrayLike<number>): CamToWorld {
  const turn = (axis: Point): Point => fromBox({ ...normalisation, scale: 1, centre: ORIGIN }, axis);
  return moved(camToWorld, turn, (point) => fromBox(normalisation, point));
}

function moved(camToWorld: ArrayLike<number>, turn: (axis: Point) => Point, move: (point: Point) => Point): CamToWorld {
  const column = (at: number): Point => [camToWorld[at]!, camToWorld[4 + at]!, camToWorld[8 + at]!];
  return camToWorldFromAxes(turn(column(0)), turn(column(1)), turn(column(2)), move(column(3)));
}

/** The smallest turn that takes `up`, of length 1, to +y. From z up this makes -y, the front of Blender's objects, +z, the front of a face. */
function rotationToUpright([x, y, z]: Point): [Point, Point, Point] {
  if (y < -1 + 1e-9) {
    return [
      [1, 0, 0],
      [0, -1, 0],
      [0, 0, -1],
    ];
  }
  const share = 1 / (1 + y);
  return [
    [1 - x * x * share, -x, -x * z * share],
    [x, y, z],
    [-x * z * share, -z, 1 - z * z * share],
  ];
}
