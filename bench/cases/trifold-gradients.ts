/** How Trifold computes the gradients of single layers. */
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import type { Gpu } from '../../src/gpu/device';
import type { PlanBuilder } from '../../src/gpu/plan';
import { readTensor, type Tensor } from '../../src/gpu/tensor';
import { ParameterStore } from '../../src/models/parameters';
import { tapsFirst } from '../../src/pipelines/convolution/conv-weights';
import { conv2dLayer } from '../../src/pipelines/convolution/conv2d-layer';
import { defaultGain } from '../../src/pipelines/dense/activation';
import { fullyConnected, inputsFirst } from '../../src/pipelines/dense/fully-connected';
import { startTape } from '../../src/pipelines/gradients';
import { trifoldContender } from '../counting-plan';
import { toChannelsFirst, toChannelsLast } from '../layout';
import type { Contender } from '../racer';
import type { GradientLayer } from './layer-gradients';
import { TRIFOLD } from './trifold';

export function trifoldGradients(gpu: Gpu, layer: GradientLayer): Contender {
  return trifoldContender(gpu, TRIFOLD, (plan) => {
    const tape = startTape(plan);
    const { output, input, outputGradient, masters, isPicture } = wireLayer(plan, gpu, layer);
    const gradients = tape
      .gradients([{ of: output, gradient: outputGradient }], [input, ...masters])
      .map((gradient) => plan.keep(gradient!));
    return async () => {
      const [ofInput, ...others] = await Promise.all(gradients.map((gradient) => readTensor(gpu, gradient)));
      const [, height, width, channels] = input.shape;
      const first = isPicture ? toChannelsFirst(ofInput!, channels!, height! * width!) : ofInput!;
      const result = new Float32Array(first.length + others.reduce((sum, { length }) => sum + length, 0));
      let start = 0;
      for (const part of [first, ...others]) {
        result.set(part, start);
        start += part.length;
      }
      return result;
    };
  });
}

/** A layer whose weight and bias learn. */
function wireLayer(plan: PlanBuilder, gpu: Gpu, layer: GradientLayer) {
  const { weight, bias, x, outputGradient } = layer;
  const outputs = bias.length;
  const isPicture = layer.kind === 'convolution';
  const stored = isPicture ? ([outputs, outputs, 3, 3] as const) : ([outputs, outputs] as const);
  const file = parseSafetensors(
    writeSafetensors([
      { name: 'weight', shape: stored, data: Float32Array.from(weight) },
      { name: 'bias', shape: [outputs], data: Float32Array.from(bias) },
    ]),
  );
  const parameters = new ParameterStore(gpu, file, { isTrainable: () => true });
  const arrangement = stored.length === 4 ? tapsFirst(stored) : inputsFirst(...stored);
  const arranged = parameters.arranged(plan, 'weight in the order of the kernel', {
    name: 'weight',
    stored,
    arrangement,
  });
  const biasTensor = parameters.tensor(plan, 'bias', [outputs]);
  const masters = parameters.trainable.map(({ master }) => master);
  const shape = isPicture ? [1, layer.side, layer.side, outputs] : [layer.rows, outputs];
  const ordered = (values: Float32Array) => (isPicture ? toChannelsLast(values, outputs, layer.side ** 2) : values);
  const input = plan.constant('x', shape, ordered(x));
  const activation = 'lrelu';
  const output: Tensor = isPicture
    ? conv2dLayer(plan, input, arranged, { activation, bias: biasTensor, gain: 1 / defaultGain(activation) })
    : fullyConnected(plan, input, { weight: arranged, bias: biasTensor }, { activation, gain: 1 });
  return {
    output,
    input,
    masters,
    isPicture,
    outputGradient: plan.constant('output gradient', shape, ordered(outputGradient)),
  };
}
