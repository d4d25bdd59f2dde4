/**
 * Pictures of an object that is given as a distance: sphere tracing (Hart 1996). From a point of a ray, whose distance to the object is d, one can go on by
 * d without passing through anything; so a ray needs few steps in the open and many where it grazes something.
 *
 * Light: a lamp with soft shadows, and a sky that narrow places see less of. Both depend on the place alone, not on who looks: all views agree on the colour
 * of a point, which is what a radiance field without view directions, such as EG3D's, can learn. `shine` adds a highlight that moves with the camera.
 *
 * Pixels are averages of 16 samples where the first four differ, and of those four elsewhere. They are averaged as they are shown (gamma and all), because
 * that is how a volume renderer mixes an edge with its background.
 */
import { distance, paint } from './armillary.mjs';

/** A sphere around the object. */
const BOUND = 0.62;
const TOUCH = 0.0005;
const MAX_STEPS = 160;
/** Fields are a little steeper than 1 where two parts meet. */
const STRIDE = 0.92;
/** Difference of a channel (0 to 1) between four samples from which on a pixel gets 16. */
const CONTRAST = 0.03;

const LAMP = normalise([0.48, 0.74, 0.47]);
const LAMP_LIGHT = [0.62, 0.6, 0.56];
const SKY_LIGHT = [0.57, 0.59, 0.62];
const FLOOR_LIGHT = [0.54, 0.5, 0.46];
const BACKGROUND = [1, 1, 1];

function normalise([x, y, z]) {
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  return [x * scale, y * scale, z * scale];
}

/** @returns how far along the ray the object is, or Infinity */
export function trace([ox, oy, oz], [dx, dy, dz]) {
  const middle = -(ox * dx + oy * dy + oz * dz);
  const inside = BOUND * BOUND - (ox * ox + oy * oy + oz * oz - middle * middle);
  if (inside <= 0) return Number.POSITIVE_INFINITY;
  const half = Math.sqrt(inside);
  let t = middle - half;
  for (let step = 0; step < MAX_STEPS && t < middle + half; step++) {
    const d = distance(ox + t * dx, oy + t * dy, oz + t * dz);
    if (d < TOUCH) return t;
    t += d * STRIDE;
  }
  return Number.POSITIVE_INFINITY;
}

/** The gradient of the distance, from four points of a tetrahedron. */
function normalAt(x, y, z) {
  const e = 0.0007;
  const a = distance(x + e, y - e, z - e);
  const b = distance(x - e, y - e, z + e);
  const c = distance(x - e, y + e, z - e);
  const d = distance(x + e, y + e, z + e);
  return normalise([a - b - c + d, -a - b + c + d, -a + b - c + d]);
}

/** How much of the lamp a point sees: how close its ray to the lamp comes to anything, against how far that is. */
function lampShare([x, y, z]) {
  let share = 1;
  let t = 0.006;
  for (let step = 0; step < 60 && t < 1.1; step++) {
    const d = distance(x + t * LAMP[0], y + t * LAMP[1], z + t * LAMP[2]);
    if (d < TOUCH) return 0;
    share = Math.min(share, (14 * d) / t);
    t += Math.max(0.004, d);
  }
  return share * share * (3 - 2 * share);
}

/** How much of the sky a point sees: the room around it, at three distances. */
function skyShare([x, y, z], [nx, ny, nz]) {
  let lack = 0;
  for (const [reach, weight] of [
    [0.012, 14],
    [0.035, 5],
    [0.09, 2],
  ]) {
    lack += weight * Math.max(0, reach - distance(x + reach * nx, y + reach * ny, z + reach * nz));
  }
  return Math.max(0.4, 1 - lack);
}

/** Linear light to what a screen is given. */
const shown = (light) => Math.min(1, Math.max(0, light)) ** (1 / 2.2);

function surfaceColour(point, direction, shine) {
  const base = paint(...point);
  const normal = normalAt(...point);
  const facing = normal[0] * LAMP[0] + normal[1] * LAMP[1] + normal[2] * LAMP[2];
  const start = point.map((value, axis) => value + 0.002 * normal[axis]);
  const lamp = facing > 0 ? facing * lampShare(start) : 0;
  const sky = skyShare(point, normal);
  const upward = 0.5 + 0.5 * normal[1];
  let highlight = 0;
  if (shine > 0 && lamp > 0) {
    const half = normalise(LAMP.map((value, axis) => value - direction[axis]));
    highlight = shine * lamp * Math.max(0, half[0] * normal[0] + half[1] * normal[1] + half[2] * normal[2]) ** 40;
  }
  return base.map((value, channel) => {
    const ambient = SKY_LIGHT[channel] * upward + FLOOR_LIGHT[channel] * (1 - upward);
    return shown(value ** 1.6 * (LAMP_LIGHT[channel] * lamp + ambient * sky) + highlight);
  });
}

/** Colour along a ray, 0 to 1, as shown. */
function rayColour(origin, direction, shine) {
  const t = trace(origin, direction);
  if (t === Number.POSITIVE_INFINITY) return BACKGROUND;
  return surfaceColour(
    origin.map((value, axis) => value + t * direction[axis]),
    direction,
    shine,
  );
}

/**
 * The ray through a point of the picture.
 * @param camera `camToWorld` row by row (OpenCV axes) and `focal` in image sizes
 * @param u from 0 at the left to 1 at the right edge
 * @param v from 0 at the top to 1 at the bottom
 */
export function rayThrough({ camToWorld: m, focal }, u, v) {
  const [x, y] = [(u - 0.5) / focal, (v - 0.5) / focal];
  return {
    origin: [m[3], m[7], m[11]],
    direction: normalise([m[0] * x + m[1] * y + m[2], m[4] * x + m[5] * y + m[6], m[8] * x + m[9] * y + m[10]]),
  };
}

/** Of the 4 x 4 samples of a pixel those that are taken first: one in each quarter, no two in one row or column. */
const FIRST = [1, 7, 8, 14];

/**
 * @param camera see {@link rayThrough}
 * @param side pixels of a side
 * @param shine strength of the highlight that depends on the view; 0 for none
 * @returns side x side x 3 bytes, over white
 */
export function renderView(camera, side, shine = 0) {
  const pixels = new Uint8Array(side * side * 3);
  const sample = (column, row, k) => {
    const u = (column + ((k & 3) + 0.5) / 4) / side;
    const v = (row + ((k >> 2) + 0.5) / 4) / side;
    const { origin, direction } = rayThrough(camera, u, v);
    return rayColour(origin, direction, shine);
  };
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let samples = FIRST.map((k) => sample(column, row, k));
      const spread = [0, 1, 2].map(
        (c) => Math.max(...samples.map((s) => s[c])) - Math.min(...samples.map((s) => s[c])),
      );
      if (Math.max(...spread) > CONTRAST) {
        const others = Array.from({ length: 16 }, (_, k) => k).filter((k) => !FIRST.includes(k));
        samples = samples.concat(others.map((k) => sample(column, row, k)));
      }
      for (let channel = 0; channel < 3; channel++) {
        const sum = samples.reduce((total, colour) => total + colour[channel], 0);
        pixels[(row * side + column) * 3 + channel] = Math.round((255 * sum) / samples.length);
      }
    }
  }
  return pixels;
}
