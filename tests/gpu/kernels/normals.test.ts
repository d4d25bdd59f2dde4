/** Normals from depth images whose surfaces are known: planes, a sphere, a step; their errors, their edges and their borders. */
import { expect, test } from 'vitest';
import { type CameraLabel, intrinsicsOf, positionOf } from '../../../src/camera/conventions';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { surfaceNormals } from '../../../src/pipelines/pictures/normals';
import { runOnce } from '../support';

const SIDE = 48;
const NOTHING = [0, 0, 0];

type Vector = readonly [number, number, number];
/** Where a ray meets the surface and the surface's normal there; undefined for none. */
type Surface = (origin: Vector, direction: Vector) => { depth: number; normal: Vector } | undefined;

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const plus = (a: Vector, factor: number, b: Vector): Vector => [
  a[0] + factor * b[0],
  a[1] + factor * b[1],
  a[2] + factor * b[2],
];
const unit = (a: Vector): Vector => plus([0, 0, 0], 1 / Math.hypot(...a), a);

const CAMERA = orbitLabel({ yaw: 0.4, pitch: -0.2, radius: 2.7, pivot: [0, 0.02, 0], focal: 4.2647 });

function plane(point: Vector, normal: Vector): Surface {
  const n = unit(normal);
  return (origin, direction) => ({ depth: dot(plus(point, -1, origin), n) / dot(direction, n), normal: n });
}

function sphere(centre: Vector, radius: number): Surface {
  return (origin, direction) => {
    const from = plus(origin, -1, centre);
    const middle = -dot(from, direction);
    const rest = middle ** 2 - dot(from, from) + radius ** 2;
    if (rest < 0) return undefined;
    const depth = middle - Math.sqrt(rest);
    return { depth, normal: unit(plus(from, depth, direction)) };
  };
}

/** The ray through the middle of a pixel, in double precision. */
function ray(label: CameraLabel, column: number, row: number): { origin: Vector; direction: Vector } {
  const [fx, skew, cx, , fy, cy] = intrinsicsOf(label);
  const y = ((row + 0.5) / SIDE - cy!) / fy!;
  const x = ((column + 0.5) / SIDE - cx! - skew! * y) / fx!;
  const axis = (k: number) => label[k * 4]! * x + label[k * 4 + 1]! * y + label[k * 4 + 2]!;
  return { origin: positionOf(label.subarray(0, 16)), direction: unit([axis(0), axis(1), axis(2)]) };
}

/** Degrees between the kernel's and the true normal of every pixel where there is a surface; elsewhere the background is expected. */
async function errorsOf(surface: Surface, label = CAMERA): Promise<number[]> {
  const pixels = Array.from({ length: SIDE * SIDE }, (_, k) => {
    const { origin, direction } = ray(label, k % SIDE, Math.floor(k / SIDE));
    return { direction, hit: surface(origin, direction) };
  });
  const { normals } = await runOnce((plan) => ({
    normals: surfaceNormals(plan, {
      cameras: plan.constant('cameras', [1, 25], label),
      depth: plan.constant(
        'depth',
        [1, SIDE, SIDE, 1],
        pixels.map(({ hit }) => hit?.depth ?? 99),
      ),
      alpha: plan.constant(
        'alpha',
        [1, SIDE, SIDE, 1],
        pixels.map(({ hit }) => (hit ? 1 : 0.49)),
      ),
    }),
  }));
  return pixels.flatMap(({ hit, direction }, k) => {
    const [x, y, z, alpha] = normals.subarray(k * 4, k * 4 + 4);
    const found: Vector = [x!, y!, z!];
    if (!hit) {
      expect([...found], `pixel ${k}`).toEqual(NOTHING);
      expect(alpha).toBeCloseTo(0.49);
      return [];
    }
    expect(alpha).toBe(1);
    expect(Math.hypot(...found), `length at pixel ${k}`).toBeCloseTo(1, 5);
    expect(dot(found, direction), `pixel ${k} looks away`).toBeLessThanOrEqual(0);
    const towards = dot(hit.normal, direction) > 0 ? plus([0, 0, 0], -1, hit.normal) : hit.normal;
    return [(Math.acos(Math.min(1, dot(found, towards))) * 180) / Math.PI];
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each<[string, Vector]>([
  ['to the front', [0, 0, 1]],
  ['to the side', [0.8, 0.1, 0.6]],
  ['upwards', [-0.2, 0.9, 0.5]],
  ['away', [0.1, 0.2, -1]],
])('a plane that looks %s is exact, up to the picture’s borders', async (_, normal) => {
  const errors = await errorsOf(plane([0, 0, 0], normal));
  expect(errors.length).toBe(SIDE * SIDE);
  // The points are f32 at a distance of 2.7: 2e-7 of a way of 0.01 from pixel to pixel.
  expect(Math.max(...errors)).toBeLessThan(0.05);
});

test('a sphere: within a degree on average, and within 20 at its edge, which is seen from the side', async () => {
  const errors = await errorsOf(sphere([0, 0, 0], 0.27));
  console.info(
    `normals of a sphere: ${mean(errors).toFixed(2)} degrees on average, ${Math.max(...errors).toFixed(1)} at most`,
  );
  expect(errors.length).toBeGreaterThan(SIDE * SIDE * 0.4);
  expect(mean(errors)).toBeLessThan(1);
  expect(Math.max(...errors)).toBeLessThan(20);
});

test('at a depth edge each side keeps its own normal', async () => {
  const far = plane([0, 0, -0.2], [0.3, 0, 1]);
  const near = plane([0, 0, 0.2], [0, -0.3, 1]);
  const step: Surface = (origin, direction) => {
    const hit = near(origin, direction);
    return hit && plus(origin, hit.depth, direction)[0] + 0.3 * direction[1] < 0.03 ? hit : far(origin, direction);
  };
  const errors = await errorsOf(step);
  expect(errors.length).toBe(SIDE * SIDE);
  // At the picture's border the only neighbour may lie across the edge.
  const isInside = (k: number) => k % SIDE > 0 && k % SIDE < SIDE - 1 && k >= SIDE && k < SIDE * (SIDE - 1);
  expect(Math.max(...errors.filter((_, k) => isInside(k)))).toBeLessThan(0.05);
  expect(errors.filter((error) => error >= 0.05).length).toBeLessThanOrEqual(4);
});

test('a camera with skew and another principal point sees the same normals', async () => {
  const label = Float32Array.from(CAMERA);
  label.set([3.9, 0.2, 0.55, 0, 4.4, 0.46], 16);
  const errors = await errorsOf(plane([0, 0, 0], [0.4, -0.3, 1]), label);
  expect(Math.max(...errors)).toBeLessThan(0.05);
});

test('a lone ray has no neighbours to tell its normal from', async () => {
  const errors = (label: CameraLabel, isHit: (k: number) => boolean) =>
    runOnce((plan) => ({
      normals: surfaceNormals(plan, {
        cameras: plan.constant('cameras', [1, 25], label),
        depth: plan.constant('depth', [1, 3, 3, 1], new Float32Array(9).fill(2.7)),
        alpha: plan.constant(
          'alpha',
          [1, 3, 3, 1],
          Array.from({ length: 9 }, (_, k) => Number(isHit(k))),
        ),
      }),
    }));
  for (const isHit of [(k: number) => k === 4, (k: number) => k < 3]) {
    const { normals } = await errors(CAMERA, isHit);
    expect([...normals].filter((_, at) => at % 4 < 3)).toEqual(new Array(27).fill(0));
  }
});
