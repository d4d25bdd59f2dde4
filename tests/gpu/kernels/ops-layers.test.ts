/** Fully connected layers, the discriminator's convolution layers, and normalisation against the reference. */
import { describe, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import { type ConvShape, convGain, prepareConv } from '../../../src/pipelines/convolution/conv-weights';
import { conv2dLayer, conv2dResample } from '../../../src/pipelines/convolution/conv2d-layer';
import { ACTIVATIONS, type Activation } from '../../../src/pipelines/dense/activation';
import { fullyConnected, fullyConnectedGain, inputsFirst } from '../../../src/pipelines/dense/fully-connected';
import { normalizeSecondMomentInto } from '../../../src/pipelines/dense/normalize-second-moment';
import { arranged } from '../../../src/pipelines/dense/rearrange';
import {
  casesOf,
  expectImage,
  filterOf,
  imageInput,
  OP_TOLERANCE,
  oneFactor,
  optionsOf,
  plainInput,
} from '../ops-cases';
import { expectClose, fixture, runOnce } from '../support';

const ops = await fixture('ops');

function activationNamed(name: string | undefined): Activation {
  return ACTIVATIONS.find((known) => known === name) ?? 'linear';
}

function convWeight(plan: PlanBuilder, name: string, options: { gain?: number; flip?: boolean }): Tensor {
  const [outChannels, inChannels, height, width] = ops.info(name).shape;
  const conv: ConvShape = [outChannels!, inChannels!, height!, width!];
  const { shape, values } = prepareConv(ops.floats(name), conv, options);
  return plan.constant(name, shape, values);
}

describe('fullyConnected', () => {
  it.each(casesOf(ops, 'fullyConnected'))('%s', async (name) => {
    const { activation, lr_multiplier: lrMultiplier = 1 } = optionsOf(ops, name);
    const [outFeatures, inFeatures] = ops.info(`${name}.param.weight`).shape;
    const { y } = await runOnce((plan) => {
      const gain = fullyConnectedGain(inFeatures!, lrMultiplier);
      const stored = ops.floats(`${name}.param.weight`);
      const { shape, values } = arranged(stored, inputsFirst(outFeatures!, inFeatures!), gain);
      const weight = plan.constant('weight', shape, values);
      const hasBias = ops.has(`${name}.param.bias`);
      const biases = hasBias ? ops.floats(`${name}.param.bias`).map((value) => value * lrMultiplier) : undefined;
      const bias = biases && plan.constant('bias', [outFeatures!], biases);
      const x = plainInput(plan, ops, `${name}.in.x`);
      return { y: fullyConnected(plan, x, { weight, bias }, { activation: activationNamed(activation) }) };
    });
    expectClose(name, y, ops.floats(`${name}.out.y`), OP_TOLERANCE);
  });
});

describe('normalizeSecondMomentInto', () => {
  it.each(casesOf(ops, 'normalize'))('%s', async (name) => {
    const { y } = await runOnce((plan) => {
      const x = plainInput(plan, ops, `${name}.in.x`);
      const normalized = plan.tensor('normalised', x.shape);
      normalizeSecondMomentInto(plan, x, normalized, 0);
      return { y: normalized };
    });
    expectClose(name, y, ops.floats(`${name}.out.y`), OP_TOLERANCE);
  });
});

describe('conv2dResample', () => {
  it.each(casesOf(ops, 'convResample'))('%s', async (name) => {
    const { up, down, padding, filter, flip_weight: correlates = true } = optionsOf(ops, name);
    const { y } = await runOnce((plan) => ({
      y: conv2dResample(
        plan,
        imageInput(plan, ops, `${name}.in.x`),
        convWeight(plan, `${name}.param.w`, { flip: !correlates }),
        { up: oneFactor(up), down: oneFactor(down), padding, filter: filterOf(ops, filter) },
      ),
    }));
    expectImage(ops, `${name}.out.y`, y);
  });
});

describe('conv2dLayer', () => {
  it.each(casesOf(ops, 'convLayer'))('%s', async (name) => {
    const options = optionsOf(ops, name);
    const up = oneFactor(options.up);
    const [outChannels, inChannels] = ops.info(`${name}.param.weight`).shape;
    const { y } = await runOnce((plan) => {
      const gain = convGain(inChannels!, options.kernel_size!);
      const weight = convWeight(plan, `${name}.param.weight`, { gain, flip: up > 1 });
      const hasBias = ops.has(`${name}.param.bias`);
      const bias = hasBias ? plan.constant('bias', [outChannels!], ops.floats(`${name}.param.bias`)) : undefined;
      return {
        y: conv2dLayer(plan, imageInput(plan, ops, `${name}.in.x`), weight, {
          up,
          down: oneFactor(options.down),
          activation: activationNamed(options.activation),
          clamp: options.conv_clamp,
          gain: options.gain,
          bias,
        }),
      };
    });
    expectImage(ops, `${name}.out.y`, y);
  });
});
