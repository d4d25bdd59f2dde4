/**
 * What every layer of a StyleGAN3 network looks like, from a few numbers (Karras et al. 2021, section 3.2 and appendix C, "flexible layer
 * specifications"). The signal between layers is continuous; each layer only samples it. Its cutoff frequency rises from the first to the
 * last layer in equal ratios, and so does its stopband, and from these follow the sampling rate (a power of two, so that layers of the same
 * rate have the same size), the transition band of the filters and the margin around the picture.
 */
import { ShapeError } from '../../gpu/errors';
import type { StyleGan3Config } from '../config';

/** Factor by which a layer up-samples around its nonlinearity, beyond what its output needs. */
const NONLINEARITY_UPSAMPLING = 2;

/** Length of a filter in samples of the lower of its two rates. */
const FILTER_SIZE = 6;

/** One layer. Frequencies and rates are in cycles or samples per side of the picture, sizes in pixels with the margin. */
export interface StyleGan3Layer {
  /** As in the file, for example "L5_52_512": place, size, channels. */
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inSize: number;
  readonly outSize: number;
  readonly inSamplingRate: number;
  readonly outSamplingRate: number;
  /** At which the nonlinearity acts. */
  readonly workingSamplingRate: number;
  readonly inCutoff: number;
  readonly outCutoff: number;
  /** Half of the transition band. */
  readonly inHalfWidth: number;
  readonly outHalfWidth: number;
  readonly upFactor: number;
  readonly downFactor: number;
  /** Lengths of the filters; 1 for none. */
  readonly upTaps: number;
  readonly downTaps: number;
  /** Around the zero-inserted convolution output, the same along both axes; negative crops. */
  readonly padding: readonly [before: number, after: number];
  readonly convKernel: number;
  /** The last layer, which makes the picture: no demodulation, no nonlinearity, no resampling. */
  readonly isPicture: boolean;
  /** Whether it samples at the critical rate, where radial filters are not used. */
  readonly isCritical: boolean;
}

/** The Fourier features at the network's start. */
export interface StyleGan3Input {
  readonly channels: number;
  readonly size: number;
  readonly samplingRate: number;
  /** Cutoff: frequencies above are damped. */
  readonly bandwidth: number;
}

export interface StyleGan3Geometry {
  readonly input: StyleGan3Input;
  /** All layers, the picture layer last. */
  readonly layers: readonly StyleGan3Layer[];
}

/** What a layer hands on. */
interface Signal {
  readonly cutoff: number;
  readonly halfWidth: number;
  readonly samplingRate: number;
  readonly size: number;
  readonly channels: number;
}

/** Number of w that the network takes: one for the input, one for each convolution layer and one for the picture layer. */
export function stylegan3NumWs({ layers }: StyleGan3Config): number {
  return layers + 2;
}

/** @throws ShapeError for numbers that make no network */
export function stylegan3Geometry(config: StyleGan3Config): StyleGan3Geometry {
  const { layers, criticalLayers, resolution, convKernel } = config;
  if (criticalLayers < 1 || criticalLayers >= layers) {
    throw new ShapeError(`StyleGAN3: ${criticalLayers} of ${layers} layers are critical, expected 1 to ${layers - 1}`);
  }
  if (convKernel !== 1 && convKernel !== 3) {
    throw new ShapeError(`StyleGAN3: a convolution kernel of side ${convKernel}, expected 1 or 3`);
  }
  if (!Number.isInteger(Math.log2(resolution)) || resolution < 2 * config.firstCutoff) {
    throw new ShapeError(
      `StyleGAN3: the resolution is ${resolution}, expected a power of two of ${2 * config.firstCutoff} or more`,
    );
  }
  const signals = Array.from({ length: layers + 1 }, (_, index) => signalAfter(config, index));
  const first = signals[0]!;
  return {
    input: {
      channels: first.channels,
      size: first.size,
      samplingRate: first.samplingRate,
      bandwidth: first.cutoff,
    },
    layers: signals.map((output, index) => layerBetween(config, index, signals[Math.max(index - 1, 0)]!, output)),
  };
}

/** The signal after layer `index`; the input's is that of layer 0. */
function signalAfter(config: StyleGan3Config, index: number): Signal {
  const { layers, criticalLayers, resolution, firstCutoff, firstStopband } = config;
  const lastCutoff = resolution / 2;
  const lastStopband = lastCutoff * config.lastStopbandRelative;
  const progress = Math.min(index / (layers - criticalLayers), 1);
  const cutoff = firstCutoff * (lastCutoff / firstCutoff) ** progress;
  const stopband = firstStopband * (lastStopband / firstStopband) ** progress;
  const samplingRate = 2 ** Math.ceil(Math.log2(Math.min(2 * stopband, resolution)));
  const hasMargin = index < layers - 1;
  const isPicture = index === layers;
  return {
    cutoff,
    halfWidth: Math.max(stopband, samplingRate / 2) - cutoff,
    samplingRate,
    size: hasMargin ? samplingRate + 2 * config.marginSize : resolution,
    channels: isPicture
      ? config.imageChannels
      : Math.round(Math.min(config.channelBase / 2 / cutoff, config.channelMax)),
  };
}

function layerBetween(config: StyleGan3Config, index: number, from: Signal, to: Signal): StyleGan3Layer {
  const isPicture = index === config.layers;
  const convKernel = isPicture ? 1 : config.convKernel;
  const workingSamplingRate = Math.max(from.samplingRate, to.samplingRate) * (isPicture ? 1 : NONLINEARITY_UPSAMPLING);
  const upFactor = workingSamplingRate / from.samplingRate;
  const downFactor = workingSamplingRate / to.samplingRate;
  const upTaps = filterLength(upFactor, isPicture);
  const downTaps = filterLength(downFactor, isPicture);
  // The samples that the output needs at the working rate, less those that the full convolution and the up-sampling give.
  const missing = (to.size - 1) * downFactor + 1 - (from.size + convKernel - 1) * upFactor + upTaps + downTaps - 2;
  const before = Math.floor((missing + upFactor) / 2);
  return {
    name: `L${index}_${to.size}_${to.channels}`,
    inChannels: from.channels,
    outChannels: to.channels,
    inSize: from.size,
    outSize: to.size,
    inSamplingRate: from.samplingRate,
    outSamplingRate: to.samplingRate,
    workingSamplingRate,
    inCutoff: from.cutoff,
    outCutoff: to.cutoff,
    inHalfWidth: from.halfWidth,
    outHalfWidth: to.halfWidth,
    upFactor,
    downFactor,
    upTaps,
    downTaps,
    padding: [before, missing - before],
    convKernel,
    isPicture,
    isCritical: index >= config.layers - config.criticalLayers,
  };
}

function filterLength(factor: number, isPicture: boolean): number {
  return factor > 1 && !isPicture ? FILTER_SIZE * factor : 1;
}
