/**
 * The reference vectors of mixing, blending and truncation (`generator_tiny`) through the functions that the page composes faces with: w of
 * each source from the mapping network, all else on the processor, and pictures rendered from the composed ws.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { composeFace, type SourceMapper, walked } from '../../../src/models/faces/composition';
import { type FaceRecipe, faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { Generator, wireRayMarch, wireTriPlanes } from '../../../src/models/generator';
import { wireSuperResolution } from '../../../src/models/super-resolution-stage';
import { FaceLatents } from '../../../src/render/face-latents';
import { expectClose, fixture, runOnce, testGpu, toChannelsFirst } from '../support';

/** Of ws: a mapping network of two layers, in f32 on both sides. */
const WS_TOLERANCE = 1e-5;
/** Of pictures, as in generator.test.ts: the official code differs from itself by 2e-5. */
const PICTURE_TOLERANCE = 5e-4;

let vectors: Checkpoint;
let generator: Generator;
let latents: FaceLatents;
/** w of the two faces, by the seeds that their z were drawn from. */
let map: SourceMapper;
let numWs: number;
const recipe = (changes: Partial<FaceRecipe>): FaceRecipe => ({ ...faceOfSeed(1, numWs), psi: 1, ...changes });
const compose = (changes: Partial<FaceRecipe>) => composeFace(recipe(changes), latents.space, map);
const BOTH = [seedSource(1), seedSource(2)];

beforeAll(async () => {
  vectors = await fixture('generator_tiny');
  generator = Generator.create(await testGpu(), vectors);
  latents = await FaceLatents.create(generator);
  numWs = latents.space.numWs;
  const conditioning = vectors.floats('in.c_cond');
  map = ({ seed }) => latents.map({ z: vectors.floats(`in.z${seed}`), conditioning });
});

const expected = (name: string) => vectors.floats(`ws.out.${name}`);

describe('ws', () => {
  it('of one face, and truncated on all layers or some', async () => {
    expectClose('z1', (await compose({})).ws, expected('z1'), WS_TOLERANCE);
    const some = await compose({ psi: 0.7, psiCutoff: 8 });
    expectClose('z1_psi07_cut8', some.ws, expected('z1_psi07_cut8'), WS_TOLERANCE);
    const all = await compose({ psi: 0.7 });
    for (const layer of [0, numWs - 1]) {
      const row = all.ws.subarray(layer * 512, (layer + 1) * 512);
      expectClose(`z1_psi07, layer ${layer}`, row, expected('z1_psi07'), WS_TOLERANCE);
    }
  });

  it('mixed at layer 7, and half-way between two faces', async () => {
    const [a, b] = [expected('z1'), expected('z2_first')];
    const row = (values: Float32Array, layer: number) => values.subarray(layer * 512, (layer + 1) * 512);
    const mixed = await compose({ mode: 'mix', sources: BOTH, mixLayers: crossing(7), mixSuperResolution: 1 });
    expectClose('layer 6 of mix_at7', row(mixed.ws, 6), row(a, 6), WS_TOLERANCE);
    expectClose('layer 7 of mix_at7', row(mixed.ws, 7), b, WS_TOLERANCE);
    expectClose('super-resolution of mix_at7', mixed.superResolutionW, b, WS_TOLERANCE);
    const half = await compose({ mode: 'walk', sources: BOTH, walkPath: 'linear', walkPosition: 0.5 });
    const middle = a.subarray(0, 512).map((value, at) => (value + b[at]!) / 2);
    expectClose('layer 3 of midpoint', row(half.ws, 3), middle, WS_TOLERANCE);
  });

  it('on the smooth path of the video script (video_interp)', async () => {
    const faces = [await compose({}), await compose({ sources: [seedSource(2)] }), await compose({ psi: 0.7 })];
    const keyframes = faces.map(({ ws }) => ws.subarray(0, 512));
    const times = [...vectors.floats('video_interp.in.t')];
    const found = times.flatMap((t) => [...walked(keyframes, t, 'smooth').subarray(0, 64)]);
    const wanted = vectors.floats('video_interp.out.w_layer0_first64');
    expectClose('video_interp', Float32Array.from(found), wanted, WS_TOLERANCE);
  });

  it('on the same path as a recipe whose last source is a saved, truncated face', async () => {
    const face = { kind: 'face', name: 'z1 truncated', face: recipe({ psi: 0.7 }) } as const;
    const times = [...vectors.floats('video_interp.in.t')];
    const found: number[] = [];
    for (const walkPosition of times) {
      const { ws } = await compose({ mode: 'walk', sources: [...BOTH, face], walkPosition, walkPath: 'smooth' });
      found.push(...ws.subarray(0, 64));
    }
    const wanted = vectors.floats('video_interp.out.w_layer0_first64');
    expectClose('video_interp by recipe', Float32Array.from(found), wanted, WS_TOLERANCE);
  });
});

describe('pictures', () => {
  it('trunc07', () => expectPictures('trunc07', { psi: 0.7 }));
  it('trunc07_cut8', () => expectPictures('trunc07_cut8', { psi: 0.7, psiCutoff: 8 }));
  it('mix_at7, with the super-resolution of the second face', () =>
    expectPictures('mix_at7', { mode: 'mix', sources: BOTH, mixLayers: crossing(7), mixSuperResolution: 1 }));
  it('midpoint as a mix of halves', () =>
    expectPictures(
      'midpoint',
      { mode: 'mix', sources: BOTH, mixLayers: new Array<number>(numWs).fill(0.5), mixSuperResolution: 0.5 },
      'in.c_render2',
    ));
  it('midpoint as a walk half-way', () =>
    expectPictures('midpoint', { mode: 'walk', sources: BOTH, walkPath: 'linear', walkPosition: 0.5 }, 'in.c_render2'));
});

/** Shares of B in a mix that crosses over at a layer, as in EG3D's Fig. 8. */
function crossing(at: number): number[] {
  return Array.from({ length: numWs }, (_, layer) => (layer < at ? 0 : 1));
}

/** Renders a composed face and compares picture, raw picture and depth with a case. */
async function expectPictures(name: string, changes: Partial<FaceRecipe>, camera = 'in.c_render'): Promise<void> {
  const { ws, superResolutionW } = await compose(changes);
  const side = generator.config.rendering.neuralResolution;
  const { image, feature, depth } = await runOnce((plan) => {
    const face = wireTriPlanes(plan, generator, plan.constant('ws', [1, numWs, 512], ws), {
      superResolutionW: plan.constant('w of the super-resolution', [1, 512], superResolutionW),
    });
    const marched = wireRayMarch(plan, generator, face, generator.config.rendering);
    marched.writeCamera(vectors.floats(camera));
    const picture = wireSuperResolution(plan, generator, face.superResolutionStyles, marched.feature);
    return { image: picture, feature: marched.feature, depth: marched.depth };
  });
  const compare = (output: string, values: Float32Array) =>
    expectClose(`${name}.${output}`, values, vectors.floats(`${name}.out.${output}`), PICTURE_TOLERANCE);
  const imageSide = Math.sqrt(image.length / 3);
  compare('image_strided', strided(toChannelsFirst(image, [1, imageSide, imageSide, 3]), imageSide));
  compare('image_raw', toChannelsFirst(feature, [1, side, side, 32]).subarray(0, 3 * side * side));
  compare('depth', depth);
  expect(depth.length).toBe(side * side);
}

/** [:, 1::2, ::2] of [3, side, side], as the reference vectors keep pictures. */
function strided(values: Float32Array, side: number): Float32Array {
  return values.filter((_, at) => Math.floor(at / side) % 2 === 1 && (at % side) % 2 === 0);
}
