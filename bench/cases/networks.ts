/**
 * The networks that contenders are raced on: the peers' generator, cut into backbone, volume rendering of 48 samples and super-resolution
 * (eg3d/*.onnx). Trifold runs them with the same weights, in the official layout, and is checked against what PyTorch recorded.
 */
import type { Gpu } from '../../src/gpu/device';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../src/gpu/tensor';
import { type Generator, wireRayMarch, wireTriPlanes } from '../../src/models/generator';
import { wireSuperResolution, wireSuperResolutionStyles } from '../../src/models/super-resolution-stage';
import type { RenderQuality } from '../../src/pipelines/volume/rendering-options';
import type { FaceVolume } from '../../src/pipelines/volume/volume-render';
import { trifoldContender } from '../counting-plan';
import { toChannelsFirst, toChannelsLast } from '../layout';
import type { PeerModels } from '../peers/peer-models';
import type { Check, Contender, RaceCase } from '../racer';
import { BACKBONE_W_COUNT, peerGenerator, SIDES, W_COUNT, W_DIM } from './peer-generator';
import { TRIFOLD } from './trifold';

export interface NetworkCase {
  readonly name: string;
  /** Of the ONNX file, its inputs and its first output. */
  readonly file: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly output: { readonly name: string; readonly shape: readonly number[] };
  readonly flops: number;
  /**
   * Largest error over the root mean square of what was recorded, with unrounded weights; of the renderer more, since the file adds colours up
   * at the samples and Trifold, as the paper's authors do, between them.
   */
  readonly tolerance: number;
}

/** FLOPs are those of meta.json, counted on the graphs. */
export const NETWORK_CASES: readonly NetworkCase[] = [
  {
    name: 'backbone',
    file: 'backbone',
    inputs: { ws: [1, W_COUNT, W_DIM] },
    output: { name: 'planes', shape: [96, SIDES.planes, SIDES.planes] },
    flops: 5_993_398_272,
    tolerance: 0.05,
  },
  {
    name: 'volume rendering, 48 samples',
    file: 'renderer48',
    inputs: { planes: [1, 96, SIDES.planes, SIDES.planes], c: [1, 25] },
    output: { name: 'feat', shape: [32, SIDES.rays, SIDES.rays] },
    flops: 1_786_773_504,
    tolerance: 0.5,
  },
  {
    name: 'super-resolution',
    file: 'sr',
    inputs: { feat: [1, 32, SIDES.rays, SIDES.rays], ws: [1, W_COUNT, W_DIM] },
    output: { name: 'img', shape: [3, SIDES.image, SIDES.image] },
    flops: 3_170_893_824,
    tolerance: 0.05,
  },
];

/** What a wired network leaves, and what to do with everything else that was made for it. */
interface WiredNetwork {
  readonly tensor: Tensor;
  readonly channels: number;
  readonly side: number;
  readonly close?: () => void;
}

/** How Trifold computes one of these; volume rendering in both qualities. */
export function trifoldNetwork(gpu: Gpu, { file }: NetworkCase, models: PeerModels): Contender[] {
  const contender = (name: string, wire: WireNetwork) => networkContender(gpu, name, models, wire);
  switch (file) {
    case 'backbone':
      return [contender(TRIFOLD, backbone)];
    case 'renderer48':
      return [contender(`${TRIFOLD}, exact`, exactMarch), contender(`${TRIFOLD}, fast`, fastMarch)];
    case 'sr':
      return [contender(TRIFOLD, superResolution)];
    default:
      return [];
  }
}

type WireNetwork = (plan: PlanBuilder, generator: Generator, models: PeerModels) => Promise<WiredNetwork>;

function networkContender(gpu: Gpu, name: string, models: PeerModels, wire: WireNetwork): Contender {
  const toClose: (() => void)[] = [];
  const plain = trifoldContender(gpu, name, async (plan) => {
    const generator = await peerGenerator(gpu, models);
    toClose.push(() => generator.destroy());
    const { tensor, channels, side, close } = await wire(plan, generator, models);
    if (close) toClose.push(close);
    return async () => toChannelsFirst(await readTensor(gpu, tensor), channels, side * side);
  });
  return {
    name,
    async open() {
      const racer = await plain.open();
      const close = async () => {
        await racer.close();
        for (const step of toClose.splice(0)) step();
      };
      return { ...racer, close };
    },
  };
}

async function recordedWs(plan: PlanBuilder, models: PeerModels, count: number): Promise<Tensor> {
  const recorded = await models.recorded('ws');
  return plan.constant('ws', [1, count, W_DIM], recorded.subarray(0, count * W_DIM));
}

const backbone: WireNetwork = async (plan, generator, models) => {
  const ws = await recordedWs(plan, models, BACKBONE_W_COUNT);
  const { planes } = wireTriPlanes(plan, generator, ws, { sketch: false });
  return { tensor: planes, channels: 96, side: SIDES.planes };
};

const superResolution: WireNetwork = async (plan, generator, models) => {
  const recorded = toChannelsLast(await models.recorded('feat'), 32, SIDES.rays ** 2);
  const feature = plan.constant('feature image', [1, SIDES.rays, SIDES.rays, 32], recorded);
  const styles = wireSuperResolutionStyles(plan, generator, await recordedWs(plan, models, W_COUNT));
  return { tensor: wireSuperResolution(plan, generator, styles, feature), channels: 3, side: SIDES.image };
};

const exactMarch: WireNetwork = async (plan, generator, models) => {
  const recorded = toChannelsLast(await models.recorded('planes'), 96, SIDES.planes ** 2);
  const planes = plan.constant('planes', [1, SIDES.planes, SIDES.planes, 96], recorded);
  return march(plan, generator, models, { planes }, 'exact');
};

/** What `fast` reads is made with the planes, once a face: that is no part of the case. */
const fastMarch: WireNetwork = async (plan, generator, models) => {
  const { host } = generator;
  const builder = new PlanBuilder(host, 'tri-planes');
  const face = wireTriPlanes(builder, generator, await recordedWs(builder, models, BACKBONE_W_COUNT));
  const planesPlan = await builder.build();
  const recorder = new Recorder(host);
  recorder.run(planesPlan);
  recorder.submit();
  const marched = await march(plan, generator, models, face, 'fast');
  return { ...marched, close: () => planesPlan.destroy() };
};

async function march(
  plan: PlanBuilder,
  generator: Generator,
  models: PeerModels,
  face: FaceVolume,
  quality: RenderQuality,
): Promise<WiredNetwork> {
  const stage = wireRayMarch(plan, generator, face, { ...generator.config.rendering, quality });
  stage.writeCamera(await models.recorded('c'));
  return { tensor: stage.feature, channels: 32, side: SIDES.rays };
}

/** The case for {@link race}. */
export async function networkRace(
  { name, flops, tolerance, output }: NetworkCase,
  contenders: readonly Contender[],
  models: PeerModels,
): Promise<RaceCase> {
  const recorded = await models.recorded(output.name);
  return { name, flops, contenders, check: (values) => compareWithRecorded(values, recorded, tolerance) };
}

function compareWithRecorded(values: Float32Array, recorded: Float32Array, allowed: number): Check {
  if (values.length !== recorded.length) {
    throw new Error(`the result has ${values.length} numbers, expected ${recorded.length}`);
  }
  let squares = 0;
  let largest = 0;
  recorded.forEach((expected, at) => {
    squares += expected ** 2;
    const error = Math.abs(values[at]! - expected);
    largest = error <= largest ? largest : error; // also takes NaN
  });
  return { largestError: largest / Math.sqrt(squares / recorded.length), allowed };
}
