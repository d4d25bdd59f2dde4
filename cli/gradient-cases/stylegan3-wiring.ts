/** The cases of the reference's `stylegan3`: what its layers are made of. */
import { elementCount, type Tensor } from '../../src/gpu/tensor';
import { normalizedWeights, squaredWeights } from '../../src/pipelines/convolution/derived-weights';
import { modulatedConvFull, normalizedStyles } from '../../src/pipelines/convolution/normalized-modulated-conv';
import { multiply } from '../../src/pipelines/dense/multiply';
import { filteredLeakyRelu, type LowpassFilter } from '../../src/pipelines/resampling/filtered-lrelu';
import { CaseOptionError, type CaseWires } from './case-wires';

export function wireFilteredLeakyRelu(wires: CaseWires): void {
  const { plan, options } = wires;
  const y = filteredLeakyRelu(plan, wires.picture('x'), wires.arranged('b'), {
    up: options.number('up'),
    down: options.number('down'),
    upFilter: lowpassFilter(wires, 'fu'),
    downFilter: lowpassFilter(wires, 'fd'),
    padding: options.padding('padding'),
    gain: options.number('gain'),
    slope: options.number('slope'),
    clamp: options.number('clamp'),
  });
  wires.pictureOutput('y', y);
}

/** [size], or [size, size] for a radial filter. No gradient is asked of it. */
function lowpassFilter(wires: CaseWires, name: string): LowpassFilter | undefined {
  if (!wires.has(name)) return undefined;
  const [size, columns] = wires.shape(name);
  return { size: size!, isSeparable: columns === undefined, taps: wires.floats(name) };
}

export function wireNormalizedModulatedConv(wires: CaseWires): void {
  const { plan, options, name } = wires;
  const shape = wires.fourExtents('w');
  if (!options.flag('demodulate', true) || options.number('padding') !== shape[2] - 1) {
    throw new CaseOptionError(name, 'StyleGAN3 convolutions demodulate, and pad by one less than the kernel');
  }
  const normalized = normalizedWeights(plan, wires.flat('w'), shape);
  const styles = normalizedStyles(plan, wires.arranged('s'), squaredWeights(plan, normalized, shape));
  const y = modulatedConvFull(plan, wires.picture('x'), wires.convWeights('w', normalized), styles);
  wires.pictureOutput('y', wires.has('input_gain') ? multiply(plan, y, repeated(wires, 'input_gain', y.shape)) : y);
}

/** One number for all of a picture: as a convolution is linear, a gain of its input is one of its result. */
function repeated(wires: CaseWires, name: string, shape: readonly number[]): Tensor {
  return wires.arranged(name, { shape, axes: [{ extent: elementCount(shape), from: 0, to: 1 }] });
}
