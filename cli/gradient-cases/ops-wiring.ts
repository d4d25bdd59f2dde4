/** The cases of the reference's `ops`: single layers, with their options under the names that the official code has. */
import { elementCount, type Tensor } from '../../src/gpu/tensor';
import { convGain, tapsFirst } from '../../src/pipelines/convolution/conv-weights';
import { conv2dLayer, conv2dResample } from '../../src/pipelines/convolution/conv2d-layer';
import { squaredWeights } from '../../src/pipelines/convolution/derived-weights';
import { demodulationCoefficients, modulatedConv3x3 } from '../../src/pipelines/convolution/modulated-conv';
import { toRgb } from '../../src/pipelines/convolution/to-rgb';
import { ACTIVATIONS, type Activation } from '../../src/pipelines/dense/activation';
import { biasAct } from '../../src/pipelines/dense/bias-act';
import { fullyConnected, fullyConnectedGain, inputsFirst } from '../../src/pipelines/dense/fully-connected';
import { normalizeSecondMoment } from '../../src/pipelines/dense/normalize-second-moment';
import { rearrange } from '../../src/pipelines/dense/rearrange';
import { withMinibatchDeviation } from '../../src/pipelines/reduction/minibatch-deviation';
import { filteredResizing, resizeBilinear } from '../../src/pipelines/resampling/resize';
import {
  BINOMIAL_FILTER,
  downsample2d,
  filter2d,
  gaussianBlur,
  upfirdn2d,
  upsample2d,
} from '../../src/pipelines/resampling/upfirdn2d';
import { CaseOptionError, type CaseWires } from './case-wires';

export function wireModulatedConv(wires: CaseWires): void {
  const { plan, options } = wires;
  const [, , kernel] = wires.fourExtents('weight');
  const up = options.number('up') ?? 1;
  const demodulates = options.flag('demodulate', true);
  const x = wires.picture('x');
  const weights = wires.convWeights('weight');
  if (kernel === 1 && !demodulates && up === 1) {
    wires.pictureOutput('y', toRgb(plan, x, { weights, styles: wires.arranged('styles') }));
    return;
  }
  const filter = wires.filter(options.text('filter') ?? undefined);
  const isUsual = kernel === 3 && demodulates && (up === 1 || (up === 2 && isBinomial(filter?.taps)));
  if (!isUsual || options.padding('padding') !== 1) {
    const kinds = '3x3 with demodulation, padding 1 and, with up 2, the filter [1, 3, 3, 1], or 1x1 with neither';
    throw new CaseOptionError(wires.name, `modulated convolutions are ${kinds}`);
  }
  const styles = wires.arranged('styles');
  const squared = squaredWeights(plan, wires.flat('weight'), wires.fourExtents('weight'));
  const demodulation = demodulationCoefficients(plan, styles, squared);
  const noise = wires.has('noise') ? { values: noisePlanes(wires), strength: 1 } : undefined;
  wires.pictureOutput('y', modulatedConv3x3(plan, x, weights, { styles, demodulation }, { noise }, { up }));
}

/** [1 or N, 1, H, W] as [1 or N, H, W]. */
function noisePlanes(wires: CaseWires): Tensor {
  const [samples, , height, width] = wires.fourExtents('noise');
  const shape = [samples, height, width];
  return wires.arranged('noise', { shape, axes: [{ extent: elementCount(shape), from: 1, to: 1 }] });
}

function isBinomial(taps: ArrayLike<number> | undefined): boolean {
  const { taps: usual } = BINOMIAL_FILTER;
  return taps?.length === usual.length && Array.from(usual).every((tap, at) => Math.abs(tap - taps[at]!) < 1e-6);
}

export function wireUpfirdn(wires: CaseWires): void {
  const { plan, options } = wires;
  const y = upfirdn2d(plan, wires.picture('x'), wires.filter(options.text('filter')), {
    up: options.perAxis('up'),
    down: options.perAxis('down'),
    padding: options.padding('padding'),
    gain: options.number('gain'),
    flipFilter: options.flag('flip_filter', false),
  });
  wires.pictureOutput('y', y);
}

/** upsample2d, downsample2d, filter2d: which, the case's name says. */
export function wireResample(wires: CaseWires): void {
  const { plan, options, name } = wires;
  const filter = options.needed(wires.filter(options.text('filter')), 'filter');
  const resample = name.startsWith('up') ? upsample2d : name.startsWith('down') ? downsample2d : filter2d;
  const y = resample(plan, wires.picture('x'), filter, {
    padding: options.padding('padding'),
    gain: options.number('gain'),
    flipFilter: options.flag('flip_filter', false),
  });
  wires.pictureOutput('y', y);
}

/** Along the axis `dim`, which becomes the last one. */
export function wireBiasAct(wires: CaseWires): void {
  const { plan, options } = wires;
  const shape = wires.shape('x');
  const dim = options.number('dim') ?? 1;
  const channels = shape[dim]!;
  const behind = elementCount(shape.slice(dim + 1));
  const before = elementCount(shape.slice(0, dim));
  // [before, channels, behind] to [before, behind, channels]: a picture of one row.
  const x = wires.picture('x', [before, channels, 1, behind]);
  const y = biasAct(plan, x, wires.arranged('b'), {
    activation: activationNamed(wires, 'act'),
    gain: options.number('gain'),
    clamp: options.number('clamp'),
    alpha: options.number('alpha'),
  });
  wires.pictureOutput('y', y);
}

export function wireFullyConnected(wires: CaseWires): void {
  const { plan, options } = wires;
  const [outFeatures, inFeatures] = wires.shape('weight');
  const lrMultiplier = options.number('lr_multiplier') ?? 1;
  const gain = fullyConnectedGain(inFeatures!, lrMultiplier);
  const weight = wires.arranged('weight', inputsFirst(outFeatures!, inFeatures!), gain);
  const bias = wires.has('bias') ? wires.arranged('bias', undefined, lrMultiplier) : undefined;
  const activation = activationNamed(wires, 'activation');
  wires.output('y', fullyConnected(plan, wires.arranged('x'), { weight, bias }, { activation }));
}

export function wireConvLayer(wires: CaseWires): void {
  const { plan, options } = wires;
  const conv = wires.fourExtents('weight');
  const up = options.number('up') ?? 1;
  const weight = rearrange(plan, wires.flat('weight'), tapsFirst(conv, up > 1), { factor: convGain(conv[1], conv[2]) });
  const y = conv2dLayer(plan, wires.picture('x'), weight, {
    up,
    down: options.number('down'),
    activation: activationNamed(wires, 'activation'),
    clamp: options.number('conv_clamp'),
    gain: options.number('gain'),
    bias: wires.has('bias') ? wires.arranged('bias') : undefined,
  });
  wires.pictureOutput('y', y);
}

export function wireConvResample(wires: CaseWires): void {
  const { plan, options } = wires;
  const weight = rearrange(
    plan,
    wires.flat('w'),
    tapsFirst(wires.fourExtents('w'), !options.flag('flip_weight', true)),
  );
  const y = conv2dResample(plan, wires.picture('x'), weight, {
    up: options.number('up'),
    down: options.number('down'),
    padding: options.padding('padding'),
    filter: wires.filter(options.text('filter')),
  });
  wires.pictureOutput('y', y);
}

export function wireMinibatchDeviation(wires: CaseWires): void {
  const { plan, options } = wires;
  const y = withMinibatchDeviation(plan, wires.picture('x'), {
    groupSize: options.number('group_size'),
    channels: options.number('num_channels'),
  });
  wires.pictureOutput('y', y);
}

export function wireNormalize(wires: CaseWires): void {
  wires.output('y', normalizeSecondMoment(wires.plan, wires.arranged('x')));
}

export function wireResize(wires: CaseWires): void {
  const { plan, options } = wires;
  const size = options.needed(options.perAxis('size'), 'size');
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  const antialias = options.flag('antialias', false);
  wires.pictureOutput('y', resizeBilinear(plan, wires.picture('x'), { height, width, antialias }));
}

export function wireFilteredResizing(wires: CaseWires): void {
  const { plan, options, name } = wires;
  const size = options.needed(options.number('size'), 'size');
  const mode = options.text('filter_mode');
  if (mode !== 'antialiased' && mode !== 'classic' && mode !== 'none') {
    throw new CaseOptionError(name, `there is no resizing "${mode}" with a gradient`, mode);
  }
  wires.pictureOutput('y', filteredResizing(plan, wires.picture('x'), size, mode));
}

export function wireBlur(wires: CaseWires): void {
  const { plan, options } = wires;
  const sigma = options.needed(options.number('blur_sigma'), 'blur_sigma');
  wires.pictureOutput('y', gaussianBlur(plan, wires.picture('x'), sigma));
}

function activationNamed({ options, name }: CaseWires, option: string): Activation {
  const wanted = options.text(option) ?? 'linear';
  const activation = ACTIVATIONS.find((known) => known === wanted);
  if (!activation) throw new CaseOptionError(name, `there is no activation "${wanted}"`, wanted);
  return activation;
}
