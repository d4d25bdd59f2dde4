/** Pictures of a scene, and what it says at points: of one that is being learnt, or out of a file (scene-file.ts). */
import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { readTensor, type Tensor, writeTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import type { RunPlan } from '../loops/learner';
import { BOX_SIDE } from './scene-field';
import type { SceneCamera } from './scene-pictures';
import { type SceneTensors, type WiredRays, wireSceneRays } from './scene-plans';
import { type RayArrays, raysOfPicture } from './scene-rays';
import { fieldOf, type SceneSettings } from './scene-settings';

export interface PictureExtents {
  readonly width: number;
  readonly height: number;
}

/** What rays beyond the last pixel are: they start outside and lead away. */
const AWAY = 10;

/** Owns its plans, not the scene. */
export class SceneRenderer {
  private constructor(
    private readonly gpu: Gpu,
    private readonly settings: SceneSettings,
    private readonly occupancy: Tensor,
    private readonly rays: { readonly wired: WiredRays; readonly plan: Plan },
    private readonly points: { readonly wired: WiredPoints; readonly plan: Plan },
  ) {}

  /** @throws BufferLimitError, KernelCompileError */
  static async build(gpu: Gpu, scene: SceneTensors, settings: SceneSettings): Promise<SceneRenderer> {
    const wired = wireSceneViews(gpu, scene, settings);
    const rays = { wired: wired.rays, plan: await wired.rays.plan.build() };
    try {
      const points = { wired: wired.points, plan: await wired.points.plan.build() };
      return new SceneRenderer(gpu, settings, scene.occupancy, rays, points);
    } catch (error) {
      rays.plan.destroy();
      throw error;
    }
  }

  /** @returns [height, width, 3], row by row, 0..1, over white */
  async picture(camera: SceneCamera, extents: PictureExtents, run: RunPlan): Promise<Float32Array> {
    const { gpu, settings, rays } = this;
    const all = raysOfPicture(camera, extents);
    const count = extents.width * extents.height;
    const rgb = new Float32Array(3 * count);
    for (let first = 0; first < count; ) {
      const wanted = Math.min(settings.rays, count - first);
      rays.wired.write(gpu, someRays(all, first, wanted, settings.rays), settings.occupancy.threshold);
      await run(rays.plan);
      const [rendered, used] = await Promise.all([
        readTensor(gpu, rays.wired.rendered),
        readTensor(gpu, rays.wired.samples.used),
      ]);
      // Rays that found no room for their samples are the first of the next turn.
      const done = Math.min(wanted, used[0]!);
      for (let ray = 0; ray < done; ray++) rgb.set(rendered.subarray(4 * ray, 4 * ray + 3), 3 * (first + ray));
      first += done;
    }
    return rgb;
  }

  /**
   * What the scene is at points of the box, for meshes.
   * @param positions [P, 3]
   * @returns [P, 4]: red, green, blue 0..1, and the density, in parts of light lost per unit of length; 0 in cells where nothing was found
   */
  async at(positions: Float32Array, run: RunPlan): Promise<Float32Array> {
    return this.#at(positions, await readTensor(this.gpu, this.occupancy), run);
  }

  async #at(positions: Float32Array, cells: Float32Array, run: RunPlan): Promise<Float32Array> {
    const { gpu, points, settings } = this;
    const { side, threshold } = settings.occupancy;
    const asked: number[] = [];
    for (let point = 0; point < positions.length / 3; point++) {
      if (cells[cellOf(positions.subarray(3 * point, 3 * point + 3), side)]! > threshold) asked.push(point);
    }
    const said = new Float32Array((positions.length / 3) * 4);
    const batch = new Float32Array(3 * settings.samples);
    for (let first = 0; first < asked.length; first += settings.samples) {
      const some = asked.slice(first, first + settings.samples);
      for (const [row, point] of some.entries()) batch.set(positions.subarray(3 * point, 3 * point + 3), 3 * row);
      writeTensor(gpu, points.wired.points, batch);
      writeTensor(gpu, points.wired.total, [some.length]);
      await run(points.plan);
      const raw = await readTensor(gpu, points.wired.raw);
      for (const [row, point] of some.entries()) said.set(activated(raw.subarray(4 * row, 4 * row + 4)), 4 * point);
    }
    return said;
  }

  /**
   * Densities in the middle of N^3 voxels of the box, layer by layer along z.
   * @param onLayer is handed [N, N] of layer z as y, x; throw there to stop
   */
  async densities(resolution: number, run: RunPlan, onLayer: (z: number, values: Float32Array) => void): Promise<void> {
    const centre = (index: number) => ((index + 0.5) * BOX_SIDE) / resolution - BOX_SIDE / 2;
    const positions = new Float32Array(3 * resolution ** 2);
    const cells = await readTensor(this.gpu, this.occupancy);
    for (let z = 0; z < resolution; z++) {
      for (let place = 0; place < resolution ** 2; place++) {
        positions.set([centre(place % resolution), centre(Math.floor(place / resolution)), centre(z)], 3 * place);
      }
      const said = await this.#at(positions, cells, run);
      onLayer(
        z,
        Float32Array.from({ length: resolution ** 2 }, (_, place) => said[4 * place + 3]!),
      );
    }
  }

  destroy(): void {
    this.rays.plan.destroy();
    this.points.plan.destroy();
  }
}

/** Both plans of a renderer, to be built, or surveyed. */
export function wireSceneViews(
  host: TensorHost,
  scene: SceneTensors,
  settings: SceneSettings,
): { readonly rays: WiredRays; readonly points: WiredPoints } {
  return {
    rays: wireSceneRays(new PlanBuilder(host, 'rays of a scene'), scene, settings),
    points: wirePoints(new PlanBuilder(host, 'points of a scene'), scene, settings),
  };
}

interface WiredPoints {
  readonly plan: PlanBuilder;
  readonly points: Tensor;
  readonly total: Tensor;
  readonly raw: Tensor;
}

/** A sample is a piece as long as a step, of a cone that is as wide as that; who looks from where does not matter to a shape. */
function wirePoints(
  plan: PlanBuilder,
  { parameters }: SceneTensors,
  { field, samples, stepsAcross }: SceneSettings,
): WiredPoints {
  const step = BOX_SIDE / stepsAcross;
  const repeated = (row: readonly number[]) => Float32Array.from({ length: 3 * samples }, (_, at) => row[at % 3]!);
  const points = plan.tensor('points', [1, samples, 3]);
  const total = plan.tensor('points in use', [1]);
  const directions = plan.constant('directions', [samples, 3], repeated([0, 0, -1]));
  const casts = plan.constant('casts', [samples, 3], repeated([1, step, step / 2]));
  const raw = plan.keep(fieldOf(field).wire(plan, parameters, { points, total, directions, casts }));
  return { plan, points, total, raw };
}

function someRays({ origins, directions }: RayArrays, first: number, count: number, capacity: number): RayArrays {
  const some = { origins: new Float32Array(4 * capacity).fill(AWAY), directions: new Float32Array(4 * capacity) };
  for (let ray = count; ray < capacity; ray++) some.directions[4 * ray] = 1;
  some.origins.set(origins.subarray(4 * first, 4 * (first + count)));
  some.directions.set(directions.subarray(4 * first, 4 * (first + count)));
  return some;
}

/** As shaders/common/volume/occupancy-cell.wgsl has it. */
function cellOf(point: Float32Array, side: number): number {
  const [x, y, z] = Array.from(point, (value) =>
    Math.min(side - 1, Math.max(0, Math.floor((value / BOX_SIDE + 0.5) * side))),
  );
  return (z! * side + y!) * side + x!;
}

/** Where shaders/common/volume/field-activations.wgsl ends. */
const LARGEST_DENSITY_LOGIT = 10;

/** As shaders/common/volume/field-activations.wgsl has it. */
function activated([red, green, blue, density]: Float32Array): [number, number, number, number] {
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  return [sigmoid(red!), sigmoid(green!), sigmoid(blue!), Math.exp(Math.min(density!, LARGEST_DENSITY_LOGIT))];
}
