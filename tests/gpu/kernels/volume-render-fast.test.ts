/**
 * The fast volume renderer: on the bundled model against a converged picture (96 + 96 samples), and on models that are nothing like it against
 * the exact renderer. The paper's scheme with the 48 + 48 samples that the bundled model asks for is 46 dB from converged, with 24 + 24 it
 * is 32 dB; the promise is 40 dB for all features in `fast` quality and 36 for the raw picture of a `draft` (peak 2: -1 to 1).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../../src/gpu/tensor';
import { Generator, wireMapping, wireRayMarch, wireTriPlanes } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { packDecoder } from '../../../src/pipelines/volume/decoder';
import type { RenderingOptions } from '../../../src/pipelines/volume/rendering-options';
import { type VolumeRenderInputs, volumeRender } from '../../../src/pipelines/volume/volume-render';
import { type MarchDevice, sketchVolume } from '../../../src/pipelines/volume/volume-sketch';
import { psnr } from '../../../src/render/pictures/picture-difference';
import { DECODER, decoderArrays, EG3D_PLANE_AXES, planesChannelsLast } from '../render-support';
import { bundledModel, fixture, runOnce, testGpu } from '../support';

/** Rays a side of the bundled model's pictures: a ray is the same work however many there are beside it. */
const RAYS = 40;

describe('the bundled model', () => {
  const SEEDS = [2, 34];
  const VIEWS = [
    [25, 4],
    [-70, 5],
    [160, -10],
  ] as const;
  const PROMISE = { fast: 40, draft: 36 };
  let generator: Generator;

  beforeAll(async () => {
    generator = Generator.create(await testGpu(), await bundledModel('portrait-eg3d'));
  }, 120_000);
  afterAll(() => generator.destroy());

  it('is as good as converged, on its opaque surfaces and along their edges', async () => {
    const gpu = await testGpu();
    const builder = new PlanBuilder(gpu, 'face');
    const { rendering, camera } = generator.config;
    const mapped = wireMapping(builder, generator, 1);
    const face = wireTriPlanes(builder, generator, mapped.ws);
    const facePlan = await builder.build();
    const viewOf = async (options: Pick<RenderingOptions, 'quality'> & Partial<RenderingOptions>) => {
      const plan = new PlanBuilder(gpu, 'view');
      const march = wireRayMarch(plan, generator, face, { ...rendering, neuralResolution: RAYS, ...options });
      return { march, plan: await plan.build() };
    };
    const converged = await viewOf({ quality: 'exact', depthSamples: 96, importanceSamples: 96 });
    const views = { fast: await viewOf({ quality: 'fast' }), draft: await viewOf({ quality: 'draft' }) };
    const run = (plan: typeof facePlan) => {
      const recorder = new Recorder(gpu);
      recorder.run(plan);
      recorder.submit();
    };
    const found = { fast: [] as number[], draft: [] as number[] };
    for (const seed of SEEDS) {
      mapped.write({ z: seededLatent(seed, 64), psi: 1 });
      run(facePlan);
      for (const [yaw, pitch] of VIEWS) {
        const featureOf = async ({ march, plan }: typeof converged) => {
          march.writeCamera(orbitLabel({ ...camera, yaw: (yaw * Math.PI) / 180, pitch: (pitch * Math.PI) / 180 }));
          run(plan);
          return readTensor(gpu, march.feature);
        };
        const features = await featureOf(converged);
        found.fast.push(psnr(await featureOf(views.fast), features));
        found.draft.push(psnr(rawPicture(await featureOf(views.draft)), rawPicture(features)));
      }
    }
    for (const plan of [facePlan, converged.plan, views.fast.plan, views.draft.plan]) plan.destroy();
    for (const quality of ['fast', 'draft'] as const) {
      console.info(`${quality} and converged: ${found[quality].map((value) => value.toFixed(1)).join(', ')} dB`);
      expect(Math.min(...found[quality])).toBeGreaterThan(PROMISE[quality]);
    }
  }, 400_000);
});

/** The first three of all channels. */
function rawPicture(feature: Float32Array): Float32Array {
  const channels = feature.length / RAYS ** 2;
  return feature.filter((_, index) => index % channels < 3);
}

const file = await fixture('render');
const planeValues = planesChannelsLast(file, 'full.in.planes');
const arrays = decoderArrays(file, 'full');
const RENDERING: RenderingOptions = {
  ...DECODER,
  planeAxes: EG3D_PLANE_AXES,
  boxWarp: 1,
  rayLimits: 'auto',
  depthSamples: 24,
  importanceSamples: 24,
  disparitySampling: false,
  whiteBackground: false,
};

/** So many samples a ray that more change nothing. */
const CONVERGED = { depthSamples: 96, importanceSamples: 96 };

interface Scene {
  readonly rendering?: Partial<RenderingOptions>;
  /** What is added to the density everywhere. */
  readonly density?: number;
  /** Distance of the camera from the middle of the box, and its focal length in pictures. */
  readonly radius?: number;
  readonly focal?: number;
  readonly device?: MarchDevice;
  readonly sampling?: VolumeRenderInputs['sampling'];
  /** Default: true */
  readonly hasSketch?: boolean;
  /** Whether the exact picture has more samples than the model asks for. */
  readonly isConverged?: boolean;
}

/** The reference's random model, exact and fast, from the side and a bit above. */
async function renderBoth(scene: Scene) {
  const { radius = 2.7, focal = 3, density = 0, device, sampling, hasSketch = true } = scene;
  const outputBias = Float32Array.from(arrays.outputBias, (bias, output) => (output === 0 ? bias + density : bias));
  const packed = packDecoder({ ...arrays, outputBias }, DECODER, 1);
  const label = orbitLabel({ yaw: 0.6, pitch: 0.3, radius, pivot: [0, 0, 0], focal });
  return runOnce((plan) => {
    const planes = plan.constant('planes', [1, 32, 32, 96], planeValues);
    const decoder = plan.constant('decoder', [packed.length], packed);
    const cameras = plan.constant('camera', [1, 25], label);
    const sketch = hasSketch ? sketchVolume(plan, { planes, decoder, rendering: RENDERING }, device) : undefined;
    const render = (quality: 'exact' | 'fast') => {
      const rendering = { ...RENDERING, ...scene.rendering, quality };
      const samples = quality === 'exact' && scene.isConverged ? CONVERGED : {};
      // The exact picture is the same with the kernels of any device (volume-render.test.ts): one set of them is enough to compile.
      const kernels = quality === 'fast' ? device : undefined;
      const inputs = { planes, decoder, cameras, resolution: 24, sketch, sampling, device: kernels };
      return volumeRender(plan, { ...inputs, rendering: { ...rendering, ...samples } });
    };
    const named = (name: string, { feature, depth, alpha }: Record<'feature' | 'depth' | 'alpha', Tensor>) => ({
      [`${name}Feature`]: feature,
      [`${name}Depth`]: depth,
      [`${name}Alpha`]: alpha,
    });
    return { ...named('exact', render('exact')), ...named('fast', render('fast')) };
  });
}

it('knows nothing of what is outside the box, where the reference goes on with what the planes hold', async () => {
  const { fastAlpha, fastFeature, fastDepth, exactAlpha } = await renderBoth({ focal: 1, density: 10 });
  const middle = 12 * 24 + 12;
  expect(fastAlpha![0]).toBe(0);
  expect(fastFeature!.subarray(0, 32).every((value) => value === -1)).toBe(true);
  expect(exactAlpha![0]).toBeGreaterThan(0.5);
  expect(fastAlpha![middle]).toBeCloseTo(exactAlpha![middle]!, 3);
  expect(fastDepth!.every(Number.isFinite)).toBe(true);
});

const DEVICES = ['software', 'hardware'] as const;

describe.each(DEVICES)('a random model, with the kernels for %s', (device) => {
  it.each<[string, Scene, number]>([
    ['fog', {}, 40],
    ['fog before white', { rendering: { whiteBackground: true } }, 40],
    ['dense', { density: 10 }, 45],
    ['opaque', { density: 1000 }, 36],
    ['empty', { density: -1000 }, 100],
    ['empty before white', { density: -1000, rendering: { whiteBackground: true } }, 100],
    ['a camera inside the box', { radius: 0.3, focal: 1, density: 3 }, 38],
    ['fixed ray limits', { rendering: { rayLimits: { start: 2.25, end: 3.3 } }, density: 10 }, 30],
  ])('%s', async (name, scene, least) => {
    const { exactFeature, exactAlpha, fastFeature, fastAlpha, fastDepth } = await renderBoth({
      ...scene,
      device,
      isConverged: true,
    });
    const picture = psnr(fastFeature!, exactFeature!);
    const mask = psnr(fastAlpha!, exactAlpha!);
    console.info(`${name}, ${device}: feature ${picture.toFixed(1)} dB, alpha ${mask.toFixed(1)} dB`);
    expect(picture).toBeGreaterThan(least);
    expect(fastDepth!.every(Number.isFinite)).toBe(true);
  });
});

it.each<[string, Scene]>([
  ['samples that are spread over disparity', { rendering: { disparitySampling: true } }],
  ['random samples', { sampling: { mode: 'random', seed: 3 } }],
  ['a face without a sketch', { hasSketch: false }],
])('%s are rendered exactly', async (_, scene) => {
  const { exactFeature, fastFeature, exactDepth, fastDepth } = await renderBoth(scene);
  expect(fastFeature).toEqual(exactFeature);
  expect(fastDepth).toEqual(exactDepth);
});
