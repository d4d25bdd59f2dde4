/**
 * A face from an official pickle: the network of `generator_small_nosrc.pkl`, rendered and compared with what the official code gave for it
 * (`small.*` in generator_tiny). The same from a zip-layout copy and after conversion to our own layout.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import { readSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import { Generator, wireMapping, wireRayMarch, wireTriPlanes } from '../../../src/models/generator';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { generatorConfigJson } from '../../../src/models/generator-config-json';
import { wireSuperResolution } from '../../../src/models/super-resolution-stage';
import { torchZip } from '../../support/torch-files';
import { expectClose, fixture, fixtureBytes, runOnce, testGpu, toChannelsFirst } from '../support';

const TOLERANCE = 5e-4;
let vectors: Checkpoint;
let pickle: Uint8Array;

beforeAll(async () => {
  vectors = await fixture('generator_tiny');
  pickle = new Uint8Array(await fixtureBytes('generator_small_nosrc.pkl'));
});

async function expectReferenceFace(checkpoint: Checkpoint): Promise<void> {
  const generator = Generator.create(await testGpu(), checkpoint);
  const shapes = new Map<string, readonly number[]>();
  const values = await runOnce((plan) => {
    const mapped = wireMapping(plan, generator, 1);
    mapped.write({ z: vectors.floats('small.in.z'), psi: 1, conditioning: vectors.floats('in.c_cond') });
    const face = wireTriPlanes(plan, generator, mapped.ws);
    const marched = wireRayMarch(plan, generator, face, generator.config.rendering);
    marched.writeCamera(vectors.floats('in.c_render'));
    const image = wireSuperResolution(plan, generator, face.superResolutionStyles, marched.feature);
    shapes.set('image', image.shape).set('feature', marched.feature.shape);
    return { ws: mapped.ws, feature: marched.feature, image };
  });
  generator.destroy();
  expectClose('w', values.ws.subarray(0, 512), vectors.floats('small.out.w'), TOLERANCE);
  const feature = toChannelsFirst(values.feature, shapes.get('feature')!);
  expectClose('image_raw', feature.subarray(0, 3 * 32 * 32), vectors.floats('small.out.image_raw'), TOLERANCE);
  const image = toChannelsFirst(values.image, shapes.get('image')!);
  const strided = Float32Array.from({ length: 3 * 64 * 64 }, (_, index) => {
    const [channel, y, x] = [Math.floor(index / 4096), Math.floor(index / 64) % 64, index % 64];
    return image[(channel * 128 + 1 + 2 * y) * 128 + 2 * x]!;
  });
  expectClose('image_strided', strided, vectors.floats('small.out.image_strided'), TOLERANCE);
}

describe('small.* of the reference', () => {
  it('from the official pickle', async () => {
    await expectReferenceFace(await readCheckpoint(new Blob([new Uint8Array(pickle)])));
  });

  it('from the same objects in the zip layout', async () => {
    await expectReferenceFace(await readCheckpoint(new Blob([await torchZip(pickle)])));
  });

  it('after conversion to a safetensors file', async () => {
    const checkpoint = await readCheckpoint(pickle);
    const config = readGeneratorConfig(checkpoint);
    const tensors = checkpoint
      .names()
      .map((name) => ({ name, shape: checkpoint.info(name).shape, data: checkpoint.floats(name) }));
    const converted = await readSafetensors(writeSafetensors(tensors, { config: generatorConfigJson(config) }));
    expect(readGeneratorConfig(converted)).toEqual(config);
    await expectReferenceFace(converted);
  });
});
