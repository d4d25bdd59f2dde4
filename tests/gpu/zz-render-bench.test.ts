import { test } from 'vitest';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { readTensor, uploadTensor } from '../../src/gpu/tensor';
import { uploadDecoder } from '../../src/pipelines/decoder';
import { volumeRender } from '../../src/pipelines/volume-render';
import { fixture, testGpu } from './support';

test('bench', async () => {
  const gpu = await testGpu();
  const file = await fixture('render');
  const rendering = {
    planeAxes: [[0, 1], [0, 2], [2, 0]] as const, planeChannels: 32, boxWarp: 1, rayLimits: { start: 2.25, end: 3.3 }, depthSamples: 24,
    importanceSamples: 24, disparitySampling: false, whiteBackground: false, decoderHiddenWidth: 64, decoderOutputs: 32,
  };
  const planes = uploadTensor(gpu, 'planes', [1, 128, 128, 96], Float32Array.from({ length: 128 * 128 * 96 }, (_, i) => Math.sin(i * 0.37)));
  const p = (n: string) => file.floats(`full.param.decoder.net.${n}`);
  const decoder = uploadDecoder(gpu, { hiddenWeight: p('0.weight'), hiddenBias: p('0.bias'), outputWeight: p('2.weight'), outputBias: p('2.bias') }, rendering, 1);
  const cameras = uploadTensor(gpu, 'cameras', [1, 25], [...file.floats('full_ffhq.in.cam2world'), ...file.floats('full_ffhq.in.intrinsics')]);
  const builder = new PlanBuilder(gpu, 'bench');
  const out = volumeRender(builder, { planes, decoder, cameras, resolution: 32, rendering });
  const t0 = performance.now();
  const plan = await builder.build();
  console.info('build ms', performance.now() - t0, 'dispatches', plan.dispatchCount, gpu.adapter.name);
  for (let i = 0; i < 6; i++) {
    const t = performance.now();
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    const d = await readTensor(gpu, out.depthRange);
    console.info('ms', performance.now() - t, [...d].join(' '));
  }
});
