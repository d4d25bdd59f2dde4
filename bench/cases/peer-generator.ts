/** The peers' generator as a checkpoint of ours: the weights of its ONNX files under their official names. */
import { readSafetensors, type WritableTensor, writeSafetensors } from '../../src/checkpoints/safetensors';
import type { Gpu } from '../../src/gpu/device';
import type { GeneratorConfig } from '../../src/models/config';
import { Generator } from '../../src/models/generator';
import { generatorConfigJson } from '../../src/models/generator-config-json';
import type { OnnxGraph } from '../peers/onnx';
import type { PeerModels } from '../peers/peer-models';
import { PLANE_AXES } from './operation';

export const SIDES = { planes: 128, rays: 64, image: 256 };
export const W_DIM = 256;
/** Of the file's, the backbone takes all but the last two, and the super-resolution the last. */
export const W_COUNT = 14;
export const BACKBONE_W_COUNT = 12;

/** The peers' generator (meta.json beside its files). */
const CONFIG: GeneratorConfig = {
  mapping: { zDim: 64, cDim: 25, wDim: W_DIM, numWs: BACKBONE_W_COUNT, layers: 2, lrMultiplier: 1 },
  backbone: {
    wDim: W_DIM,
    resolution: SIDES.planes,
    imageChannels: 96,
    channelBase: 8192,
    channelMax: 256,
    convClamp: 256,
  },
  rendering: {
    planeAxes: PLANE_AXES,
    planeChannels: 32,
    boxWarp: 1,
    rayLimits: { start: 2.25, end: 3.3 },
    depthSamples: 48,
    importanceSamples: 0,
    disparitySampling: false,
    whiteBackground: false,
    decoderHiddenWidth: 64,
    decoderOutputs: 32,
    decoderLrMultiplier: 1,
    neuralResolution: SIDES.rays,
    alphaFeature: undefined,
  },
  superResolution: {
    wDim: W_DIM,
    inputChannels: 32,
    inputResolution: SIDES.rays,
    resize: 'when-different',
    antialias: true,
    blocks: [
      { channels: 64, upsample: true },
      { channels: 32, upsample: true },
    ],
    convClamp: 256,
    noiseMode: 'none',
  },
  conditioning: { zeroed: false, scale: 1 },
  camera: { radius: 2.7, pivot: [0, 0, 0], focal: 4.26 },
  imageResolution: SIDES.image,
};

/** The peers' generator on our device, from the weights of its three ONNX files. */
export async function peerGenerator(gpu: Gpu, models: PeerModels): Promise<Generator> {
  const [backbone, renderer, sr] = await Promise.all(
    ['backbone', 'renderer48', 'sr'].map(async (name) => {
      const file = await models.file(`eg3d/${name}`);
      if (!file) throw new Error(`eg3d/${name}.onnx is not among the peers' files`);
      return file.graph;
    }),
  );
  const tensors = [...backboneTensors(backbone!), ...decoderTensors(renderer!), ...superResolutionTensors(sr!)];
  // As in the bundled model's file: kernels may pack two such weights into one word.
  const halves = tensors.map((tensor) => ({ ...tensor, dtype: 'F16' as const }));
  const metadata = { config: generatorConfigJson(CONFIG) };
  return Generator.create(gpu, await readSafetensors(writeSafetensors(halves, metadata).buffer));
}

/** c.0 is the first block's only convolution; r.k adds block k's picture. */
function backboneTensors(graph: OnnxGraph): WritableTensor[] {
  const blocks = Math.log2(SIDES.planes / 4) + 1;
  const block = (index: number) => `backbone.synthesis.b${4 * 2 ** index}.`;
  const convolutions = Array.from({ length: 2 * blocks - 1 }, (_, index) => {
    const name = index % 2 === 1 ? 'conv0.' : 'conv1.';
    const layer = `${block(Math.ceil(index / 2))}${name}`;
    const noise = graph.weights.get(`c.${index}.n`)!;
    const side = Math.sqrt(noise.length);
    return [
      ...convolutionTensors(graph, `c.${index}`, layer, 9),
      { name: `${layer}noise_const`, shape: [side, side], data: noise },
      { name: `${layer}noise_strength`, shape: [], data: Float32Array.of(1) },
    ];
  });
  const pictures = Array.from({ length: blocks }, (_, index) =>
    convolutionTensors(graph, `r.${index}`, `${block(index)}torgb.`, 1),
  );
  const constant = { name: `${block(0)}const`, shape: [256, 4, 4], data: graph.weights.get('const')! };
  return [constant, ...convolutions.flat(), ...pictures.flat()];
}

function superResolutionTensors(graph: OnnxGraph): WritableTensor[] {
  const layers = [0, 1].flatMap((block) => [
    ...convolutionTensors(graph, `c.${2 * block}`, `superresolution.block${block}.conv0.`, 9),
    ...convolutionTensors(graph, `c.${2 * block + 1}`, `superresolution.block${block}.conv1.`, 9),
    ...convolutionTensors(graph, `r.${block}`, `superresolution.block${block}.torgb.`, 1),
  ]);
  return layers;
}

/** The weights of one layer: its own, its bias, and the dense layer that makes its styles. */
function convolutionTensors(graph: OnnxGraph, from: string, to: string, taps: number): WritableTensor[] {
  const { nodes, weights } = graph;
  const affine = nodes.find(({ outputs }) => outputs[0] === `/${from}/aff/Gemm_output_0`)!;
  const [affineWeight, affineBias] = affine.inputs.slice(1).map((name) => weights.get(name)!);
  const weight = weights.get(`${from}.w`)!;
  const inChannels = affineBias!.length;
  const outChannels = weight.length / inChannels / taps;
  const wDim = affineWeight!.length / inChannels;
  const kernel = Math.sqrt(taps);
  // Of the layer's additions (to a sum of squares, of noise, of the bias), the bias is the last.
  const additions = nodes.filter(({ operator, outputs }) => operator === 'Add' && outputs[0]!.startsWith(`/${from}/`));
  const bias = additions
    .at(-1)!
    .inputs.map((name) => weights.get(name))
    .find((values) => values !== undefined)!;
  return [
    { name: `${to}weight`, shape: [outChannels, inChannels, kernel, kernel], data: weight },
    { name: `${to}bias`, shape: [outChannels], data: bias },
    // A stored dense weight acts divided by the square root of the number of inputs.
    { name: `${to}affine.weight`, shape: [inChannels, wDim], data: affineWeight!.map((v) => v * Math.sqrt(wDim)) },
    { name: `${to}affine.bias`, shape: [inChannels], data: affineBias! },
  ];
}

function decoderTensors({ nodes, weights }: OnnxGraph): WritableTensor[] {
  const [hidden, output] = nodes.filter(({ operator }) => operator === 'Gemm');
  const layer = (index: 0 | 2, inputs: readonly string[], shape: readonly [number, number]): WritableTensor[] => {
    const [, weight, bias] = inputs.map((name) => weights.get(name));
    const scaled = weight!.map((value) => value * Math.sqrt(shape[1]));
    return [
      { name: `decoder.net.${index}.weight`, shape, data: scaled },
      { name: `decoder.net.${index}.bias`, shape: [shape[0]], data: bias! },
    ];
  };
  return [...layer(0, hidden!.inputs, [64, 32]), ...layer(2, output!.inputs, [33, 64])];
}
