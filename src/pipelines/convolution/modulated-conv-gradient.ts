/**
 * The way back through modulated convolutions: y[n, o] = d[n, o] sum over taps and i of W[tap, i, o] s[n, i] x[n, i], for 3x3 kernels (keeping the side,
 * or doubling it) and 1x1 kernels.
 *
 * The two large sums are those of an unmodulated convolution. That of the input is a convolution of the gradient with reversed weights, in which d and
 * s change places: d scales what goes in, s what comes out. That of the weights is taken of each sample on its own, of x and the gradient as they are: P.
 * All else follows from P and W, far smaller than pictures: dW = sum of s d P, and with Q = sum of W P over taps ds = sum of d Q, dd = sum of s Q. So nothing of the forward pass is
 * kept or computed again, neither the scaled input nor the sums before demodulation, nor (of a layer that doubles the side) the unfiltered picture,
 * which exists only in bands.
 *
 * These gradients cannot be differentiated again: R1's penalty, the only one that would, is on the discriminator, whose convolutions (conv2d.ts) are not
 * modulated.
 */
import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import demodulationGradientShader from '../../shaders/convolution/modulation/modulated-demodulation-gradient.wgsl';
import productsShader from '../../shaders/convolution/modulation/modulated-products.wgsl';
import stylesGradientShader from '../../shaders/convolution/modulation/modulated-styles-gradient.wgsl';
import weightGradientShader from '../../shaders/convolution/modulation/modulated-weight-gradient.wgsl';
import noiseGradientShader from '../../shaders/convolution/noise-gradient.wgsl';
import { activationGradientWithSum } from '../dense/activation-gradient';
import { multiply } from '../dense/multiply';
import { total } from '../reduction/sum-columns';
import { dispatchWeightGradient } from './conv-weight-gradient';
import { type ConvGeometry, dispatchConvolution, ones } from './conv2d-kernels';
import { unfilteredGradient } from './conv3x3-up2';
import type { LayerEpilogue, LayerNoise } from './layer-epilogue';
import { dispatchSampledGradients, sampledKind } from './sampled-gradients';

const WEIGHT = defineKernel(weightGradientShader);
const PRODUCTS = defineKernel(productsShader);
const STYLES = defineKernel(stylesGradientShader);
const DEMODULATION = defineKernel(demodulationGradientShader);
const NOISE = defineKernel(noiseGradientShader);

/** What a modulated convolution has read. */
export interface ModulatedConv {
  /** [N, H, W, inChannels] */
  readonly input: Tensor;
  /** [k, k, inChannels rounded up to four, outChannels], k 1 or 3 */
  readonly weight: Tensor;
  /** [N, inChannels] */
  readonly styles: Tensor;
  /** [N, outChannels]; absent where there is none. */
  readonly demodulation?: Tensor | undefined;
  /** 2: zero insertion, true convolution, and the FIR filter [1, 3, 3, 1] with gain 4. Default: 1. */
  readonly up?: 1 | 2 | undefined;
}

/** Which of its gradients are wanted. */
export type WantedGradients = Readonly<Record<'input' | 'weight' | 'styles' | 'demodulation', boolean>>;

/**
 * The gradients of a modulated convolution.
 * @param gradient with respect to its result, demodulated and filtered: [N, up H, up W, outChannels]
 * @returns those that are wanted
 */
export function modulatedConvGradients(
  plan: PlanBuilder,
  { input, weight, styles, up = 1, ...conv }: ModulatedConv,
  gradient: Tensor,
  wanted: WantedGradients,
): { readonly [K in keyof WantedGradients]: Tensor | undefined } {
  const demodulation = conv.demodulation ?? ones(plan, gradient.shape[0]!, gradient.shape[3]!);
  const unfiltered = up === 2 ? unfilteredGradient(plan, gradient) : gradient;
  const geometry = geometryOf(weight, up);
  const factors = { weight, styles, demodulation };
  const sampled = { ...factors, input, gradient: unfiltered, geometry };
  const kind = wanted.input && wantsFactors(wanted) ? sampledKind(plan, sampled) : undefined;
  if (kind) {
    const { ofInput, ofSamples } = dispatchSampledGradients(plan, kind, sampled);
    const isScaled = conv.demodulation !== undefined;
    return { input: ofInput, ...gradientsOfFactors(plan, factors, wanted, { ofSamples, isScaled }) };
  }
  let inputGradient: Tensor | undefined;
  if (wanted.input) {
    inputGradient = plan.scratch(`${weight.label} input gradient`, input.shape);
    const isFlipped = up === 1;
    const convolution = { input: unfiltered, weight, output: inputGradient, geometry, isTransposed: true, isFlipped };
    dispatchConvolution(plan, { ...convolution, factors: { input: demodulation, output: styles } });
  }
  if (!wantsFactors(wanted)) return { ...NO_FACTORS, input: inputGradient };
  const pictures = up === 2 ? { input: unfiltered, gradient: input, isSwapped: true } : { input, gradient: unfiltered };
  const ofSamples = dispatchWeightGradient(plan, { ...pictures, geometry, samples: 'apart' });
  return { input: inputGradient, ...gradientsOfFactors(plan, factors, wanted, { ofSamples, isScaled: false }) };
}

const NO_FACTORS = { weight: undefined, styles: undefined, demodulation: undefined };

function wantsFactors({ weight, styles, demodulation }: WantedGradients): boolean {
  return weight || styles || demodulation;
}

/** Zero padding that keeps the side; a layer that doubles it has 2 H + 1 rows before the filter, of which each pixel took part in three. */
function geometryOf({ shape: [kernelHeight, kernelWidth] }: Tensor, up: 1 | 2): ConvGeometry {
  const padding = up === 2 ? 0 : (kernelHeight! - 1) / 2;
  return { kernelHeight: kernelHeight!, kernelWidth: kernelWidth!, stride: up, padTop: padding, padLeft: padding };
}

/**
 * The gradients of weights, styles and demodulation.
 * @param sums.ofSamples P, [N k, k, inPadded, outChannels] @param sums.isScaled whether it has been taken of the gradient times the demodulation
 */
function gradientsOfFactors(
  plan: PlanBuilder,
  { weight, styles, ...factors }: { weight: Tensor; styles: Tensor; demodulation: Tensor },
  wanted: WantedGradients,
  { ofSamples, isScaled }: { ofSamples: Tensor; isScaled: boolean },
) {
  const gradients: Record<'weight' | 'styles' | 'demodulation', Tensor | undefined> = { ...NO_FACTORS };
  const demodulation = isScaled ? ones(plan, styles.shape[0]!, factors.demodulation.shape[1]!) : factors.demodulation;
  const [batch] = styles.shape;
  const [height, width, inPadded, outChannels] = weight.shape;
  const taps = height! * width!;
  const groups = weight.stride / 4;
  const pairs = inPadded! * groups;
  if (wanted.weight) {
    gradients.weight = plan.scratch(`${weight.label} gradient`, weight.shape);
    plan.dispatch({
      kernel: WEIGHT,
      bindings: { ofSamples, styles, demodulation, output: gradients.weight },
      params: { batch: batch!, taps, inPadded: inPadded!, groups },
      workgroups: linearGrid(pairs),
    });
  }
  if (!wanted.styles && !wanted.demodulation) return gradients;
  const products = plan.scratch(`${weight.label} products`, [batch!, inPadded!, outChannels!]);
  plan.dispatch({
    kernel: PRODUCTS,
    bindings: { ofSamples, weight, output: products },
    params: { vectors: batch! * pairs, taps, pairs },
    workgroups: linearGrid(batch! * pairs),
  });
  if (wanted.styles) {
    gradients.styles = plan.scratch(`${styles.label} gradient`, styles.shape);
    const vectors = vectorCount(gradients.styles);
    plan.dispatch({
      kernel: STYLES,
      bindings: { products, demodulation, output: gradients.styles },
      params: { vectors, inputGroups: inPadded! / 4, groups },
      workgroups: linearGrid(vectors),
    });
  }
  if (wanted.demodulation) {
    gradients.demodulation = plan.scratch(`${factors.demodulation.label} gradient`, demodulation.shape);
    const vectors = vectorCount(gradients.demodulation);
    plan.dispatch({
      kernel: DEMODULATION,
      bindings: {
        ...{ products, styles, output: gradients.demodulation },
        ...(isScaled && { demodulation: factors.demodulation }),
      },
      params: { vectors, inPadded: inPadded!, groups },
      constants: { IS_SCALED: Number(isScaled) },
      workgroups: linearGrid(vectors),
    });
  }
  return gradients;
}

/** A whole layer: modulated convolution, noise, bias, activation, gain and clamp, and what is added behind them. */
export interface ModulatedLayer extends ModulatedConv {
  readonly epilogue: LayerEpilogue;
  readonly output: Tensor;
  /** What the activation's gradient is told from (`activationGradient`): the output, or what has to be computed again for it. */
  reference(): Tensor;
  /** In its place, for a layer whose output does not tell: the gradient before the activation, and its sum over pixels. */
  readonly beforeActivation?: ((ofOutput: Tensor) => { before: Tensor; sum: Tensor }) | undefined;
  /** A picture that is added to the result, and its gradient from that of the result. */
  readonly skip?: { readonly picture: Tensor; gradient(ofOutput: Tensor): Tensor } | undefined;
}

/** Notes what a layer has done, and how to go back. */
export function recordModulatedLayer(plan: PlanBuilder, layer: ModulatedLayer): void {
  const { input, weight, styles, demodulation, epilogue, output, skip } = layer;
  const { bias, noise } = epilogue;
  const strength = typeof noise?.strength === 'object' ? noise.strength : undefined;
  const others = [demodulation, bias, noise?.values, strength, skip?.picture];
  const inputs = [input, weight, styles, ...others.filter((tensor) => tensor !== undefined)];
  plan.record<readonly Tensor[], readonly [Tensor]>({
    inputs,
    outputs: [output],
    backward: ([gradient], isWanted) => {
      const isNeeded = (tensor: Tensor | undefined) => tensor !== undefined && isWanted[inputs.indexOf(tensor)]!;
      const wantsBias = isNeeded(bias);
      const { before, sum } =
        layer.beforeActivation?.(gradient) ??
        activationGradientWithSum(plan, gradient, layer.reference(), epilogue, wantsBias);
      const gradients = modulatedConvGradients(plan, layer, before, {
        input: isNeeded(input),
        weight: isNeeded(weight),
        styles: isNeeded(styles),
        demodulation: isNeeded(demodulation),
      });
      const found = new Map<Tensor | undefined, Tensor | undefined>([
        [input, gradients.input],
        [weight, gradients.weight],
        [styles, gradients.styles],
        [demodulation, gradients.demodulation],
        [bias, wantsBias ? sum : undefined],
        [skip?.picture, isNeeded(skip?.picture) ? skip?.gradient(gradient) : undefined],
        ...noiseGradients(plan, noise, before, isNeeded),
      ]);
      return inputs.map((tensor) => found.get(tensor));
    },
  });
}

/** The gradients of a layer's noise and its strength. */
function noiseGradients(
  plan: PlanBuilder,
  noise: LayerNoise | undefined,
  gradient: Tensor,
  isNeeded: (tensor: Tensor) => boolean,
): [Tensor, Tensor][] {
  if (!noise) return [];
  const { values, strength } = noise;
  const gradients: [Tensor, Tensor][] = [];
  if (isNeeded(values)) gradients.push([values, sumOfChannels(plan, gradient, values, strength)]);
  if (typeof strength === 'object' && isNeeded(strength)) {
    gradients.push([strength, total(plan, multiply(plan, values, sumOfChannels(plan, gradient, values, 1)))]);
  }
  return gradients;
}

/** The gradient's sum over channels, and over samples where they share the noise, times a factor. */
function sumOfChannels(plan: PlanBuilder, gradient: Tensor, noise: Tensor, factor: number | Tensor): Tensor {
  const { batch, height, width } = imageExtents(gradient, 'noise gradient');
  const [planes] = noise.shape;
  const output = plan.scratch(`${noise.label} gradient`, noise.shape);
  plan.dispatch({
    kernel: NOISE,
    bindings: { gradient, output },
    params: {
      width,
      groups: gradient.stride / 4,
      rows: planes! * height,
      batch: batch / planes!,
      batchRows: planes! * height,
      factor,
    },
    workgroups: linearGrid(vectorCount(output)),
  });
  return output;
}
