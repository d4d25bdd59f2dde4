/** The results of `render --dump` as tensors for one file: f32 and channels first, as PyTorch would hold them, all rows of a batch together. */
import type {
  GeneratorConfig,
  RenderedArrays,
  RenderSettings,
  StudentArrays,
  StudentConfig,
  WritableTensor,
} from '../src/index';

/** ws, planes, feature, raw, depth and image of each row. */
export function volumetricTensors(
  rows: readonly RenderedArrays[],
  { mapping, backbone, rendering, imageResolution }: GeneratorConfig,
  { neuralResolution }: RenderSettings,
): WritableTensor[] {
  const feature = { data: rows.map((row) => row.feature), side: neuralResolution, channels: rendering.decoderOutputs };
  return [
    latentTensor(
      'ws',
      rows.map((row) => row.ws),
      mapping.wDim,
    ),
    imageTensor('planes', {
      data: rows.map(({ planes }) => planes),
      side: backbone.resolution,
      channels: backbone.imageChannels,
    }),
    imageTensor('feature', feature),
    imageTensor('raw', firstThreeChannels(feature)),
    imageTensor('depth', { data: rows.map(({ depth }) => depth), side: neuralResolution, channels: 1 }),
    imageTensor('image', { data: rows.map(({ image }) => image), side: imageResolution, channels: 3 }),
  ];
}

/** ws of the generator, those of the student, feature, raw and image of each row. */
export function convolutionalTensors(
  rows: readonly StudentArrays[],
  { mapping, superResolution, neuralResolution, imageResolution }: StudentConfig,
): WritableTensor[] {
  const channels = superResolution.inputChannels;
  const feature = { data: rows.map((row) => row.feature), side: neuralResolution, channels };
  return [
    latentTensor(
      'ws',
      rows.map((row) => row.ws),
      mapping.wDim,
    ),
    latentTensor(
      'student_ws',
      rows.map((row) => row.studentWs),
      mapping.wDim,
    ),
    imageTensor('feature', feature),
    imageTensor('raw', firstThreeChannels(feature)),
    imageTensor('image', { data: rows.map(({ image }) => image), side: imageResolution, channels: 3 }),
  ];
}

/** One image [side, side, channels] of each row. */
interface Images {
  readonly data: readonly Float32Array[];
  readonly side: number;
  readonly channels: number;
}

function imageTensor(name: string, { data, side, channels }: Images): WritableTensor {
  return {
    name,
    shape: [data.length, channels, side, side],
    data: concatenate(data.map((values) => channelsFirst(values, side * side, channels))),
  };
}

/** @param data [layers, wDim] of each row */
function latentTensor(name: string, data: readonly Float32Array[], wDim: number): WritableTensor {
  return { name, shape: [data.length, (data[0]?.length ?? 0) / wDim, wDim], data: concatenate(data) };
}

/** Of a feature image, the low-resolution picture. */
function firstThreeChannels({ data, side, channels }: Images): Images {
  return { data: data.map((values) => values.filter((_, index) => index % channels < 3)), side, channels: 3 };
}

/** [pixels, channels] to [channels, pixels]. */
function channelsFirst(values: Float32Array, pixels: number, channels: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      result[channel * pixels + pixel] = values[pixel * channels + channel]!;
    }
  }
  return result;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
