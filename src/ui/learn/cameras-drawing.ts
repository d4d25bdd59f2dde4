/**
 * Where the cameras of some pictures stand, as lines on a canvas: each a small pyramid from its place to what it sees, around the box that is
 * learnt. Drawn on the processor, in parallel projection: the device may be busy.
 */
import type { DrawnCamera } from '../../studio/learn/learn-state';

export interface DrawnScene {
  readonly cameras: readonly DrawnCamera[];
  /** Of the box around the origin. */
  readonly boxSide: number;
}

export interface SceneColours {
  readonly box: string;
  readonly camera: string;
  readonly heldOut: string;
  readonly ground: string;
}

export interface SceneView {
  /** Radians; 0 looks from where a face looks to. */
  readonly yaw: number;
  readonly pitch: number;
}

type Point = readonly [number, number, number];

/** How long a pyramid is, in distances of the farthest corner of the drawing. */
const PYRAMID_SHARE = 0.11;
/** What is left free at the edge. */
const MARGIN = 0.06;
const CORNERS: readonly (readonly [number, number])[] = [
  [-0.5, -0.5],
  [0.5, -0.5],
  [0.5, 0.5],
  [-0.5, 0.5],
];

/** Draws into a canvas of any size; what was there is gone. */
export function drawCameras(
  canvas: HTMLCanvasElement,
  { cameras, boxSide }: DrawnScene,
  { yaw, pitch }: SceneView,
  colours: SceneColours,
): void {
  const { width, height } = canvas;
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, width, height);
  const { centre, radius } = sphereAround(cameras, boxSide);
  const scale = ((0.5 - MARGIN) * Math.min(width, height)) / radius;
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const place = (point: Point): [number, number] => {
    const [x, y, z] = point.map((value, axis) => value - centre[axis]!) as [number, number, number];
    const towards = z * cosYaw + x * sinYaw;
    const up = y * cosPitch - towards * sinPitch;
    return [width / 2 + scale * (x * cosYaw - z * sinYaw), height / 2 - scale * up];
  };
  const line = (points: readonly Point[], colour: string, thickness: number, dash: readonly number[] = []) => {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.setLineDash([...dash]);
    context.beginPath();
    for (const [at, point] of points.entries()) {
      const [x, y] = place(point);
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  };
  const dense = devicePixelRatioOf(canvas);
  const half = boxSide / 2;
  const corner = (x: number, y: number, z: number): Point => [half * x, half * y, half * z];
  const square = (y: number) => [
    corner(-1, y, -1),
    corner(1, y, -1),
    corner(1, y, 1),
    corner(-1, y, 1),
    corner(-1, y, -1),
  ];
  line(square(-1), colours.ground, 2.5 * dense);
  line(square(1), colours.box, 1.25 * dense);
  for (const [x, , z] of square(0).slice(0, 4)) {
    line([[x, -half, z], [x, half, z]], colours.box, 1.25 * dense); // biome-ignore format: one line, one edge
  }
  const length = PYRAMID_SHARE * radius;
  const isCrowded = cameras.length > 100;
  for (const camera of [...cameras].sort((a, b) => Number(a.isHeldOut) - Number(b.isHeldOut))) {
    const colour = camera.isHeldOut ? colours.heldOut : colours.camera;
    const { apex, corners } = pyramid(camera, length);
    const thickness = (camera.isHeldOut ? 2 : isCrowded ? 0.75 : 1.25) * dense;
    line([...corners, corners[0]!], colour, thickness);
    if (!isCrowded || camera.isHeldOut) for (const end of corners) line([apex, end], colour, thickness / 2);
  }
}

/** Holds the box and all cameras, whichever way they are turned. */
function sphereAround(cameras: readonly DrawnCamera[], boxSide: number): { centre: Point; radius: number } {
  const half = boxSide / 2;
  const corners = [-half, half].flatMap((x) =>
    [-half, half].flatMap((y) => [-half, half].map((z): Point => [x, y, z])),
  );
  const places = cameras.map(({ camToWorld: m }): Point => [m[3]!, m[7]!, m[11]!]);
  const points = [...corners, ...places.filter((place) => place.every(Number.isFinite))];
  const middle = (axis: number) => {
    const values = points.map((point) => point[axis]!);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  const centre: Point = [middle(0), middle(1), middle(2)];
  const radius = Math.max(...points.map((point) => Math.hypot(...point.map((value, axis) => value - centre[axis]!))));
  return { centre, radius: radius * (1 + PYRAMID_SHARE) };
}

/** From the camera to the corners of its picture at some distance. */
function pyramid({ camToWorld: m, focal: [fx, fy] }: DrawnCamera, length: number): { apex: Point; corners: Point[] } {
  const at = (x: number, y: number, z: number): Point => [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
  // A long lens would be a needle: the base is shown no smaller than a third of the length.
  const widen = Math.max(1, Math.max(fx, fy) / 3);
  return {
    apex: at(0, 0, 0),
    corners: CORNERS.map(([x, y]) => at((widen * length * x) / fx, (widen * length * y) / fy, length)),
  };
}

function devicePixelRatioOf(canvas: HTMLCanvasElement): number {
  return canvas.clientWidth > 0 ? canvas.width / canvas.clientWidth : 1;
}
