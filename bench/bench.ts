/** The bench as a whole: the same in the browser and in Node, over whatever contenders there are. */
import type { Checkpoint } from '../src/checkpoints/checkpoint';
import type { Gpu } from '../src/gpu/device';
import { convChoiceKey } from '../src/pipelines/convolution/conv-tuning';
import { FULL_SIZE } from '../tests/full-size';
import { GRADIENT_LAYERS, gradientCheck, gradientFlops } from './cases/layer-gradients';
import { NETWORK_CASES, networkRace, trifoldNetwork } from './cases/networks';
import {
  checkOperation,
  makeConvolution,
  makeDecoder,
  makePlaneSampling,
  type Operation,
  operationFlops,
  type StoredWeights,
} from './cases/operation';
import { plainly } from './cases/plain';
import { layerOf, trifoldOperation } from './cases/trifold';
import { trifoldGradients } from './cases/trifold-gradients';
import type { ProcessorClock } from './clock';
import type { DeviceCounts } from './device-spy';
import { type GradientResult, measureGradients } from './models/gradient-stages';
import { randomCheckpoint } from './models/random-generator';
import { type ModelResult, measureModel } from './models/stages';
import { openPeak } from './peak';
import type { Peer } from './peers/peer';
import { type FileReader, PeerModels } from './peers/peer-models';
import { type RaceCase, type RaceResult, race } from './racer';
import { layersOf, tune } from './tuning';

export interface BenchOptions {
  /** Samples of each figure. */
  readonly rounds: number;
  /** Only parts and cases whose name holds one of these words; empty for all. */
  readonly only: readonly string[];
  /** Races every implementation of a convolution that the device can run. */
  readonly everyVariant: boolean;
  /** Also the largest model in common use, with random weights: minutes on a software adapter. */
  readonly fullSize: boolean;
}

/** What a bench runs in. */
export interface BenchPlace {
  /** A device that has compiled nothing yet. */
  openGpu(): Promise<Gpu>;
  readonly clock: ProcessorClock;
  /** The model whose frame is measured, and what to call it. */
  readonly model: { readonly name: string; read(): Promise<Checkpoint> };
  /** Reads the peers' model files. */
  readonly readPeerFile: FileReader;
  readonly peers: readonly Peer[];
  readonly counts?: (() => DeviceCounts) | undefined;
  readonly progress: (line: string) => void;
}

export interface BenchResult {
  readonly adapter: { readonly name: string; readonly isSoftware: boolean };
  readonly models: readonly ModelResult[];
  /** Of stages of the model; none unless wanted. */
  readonly gradients: readonly GradientResult[];
  readonly races: readonly RaceResult[];
}

const DECODER_POINTS = 196_608; // 64 x 64 rays of 48 samples

/** Models first: later, the device's driver would have some of their kernels in its cache. */
export async function runBench(place: BenchPlace, options: BenchOptions): Promise<BenchResult> {
  const { clock, counts, progress, model } = place;
  const { rounds, only, fullSize } = options;
  const gpu = await place.openGpu();
  const peak = await openPeak(gpu);
  const instruments = { clock, peak, rounds, counts, progress };
  const models: ModelResult[] = [];
  const measure = async (name: string, checkpoint: () => Promise<Checkpoint>) => {
    if (!isWanted(name, only)) return;
    const file = await checkpoint();
    progress(`${name}: chooses convolutions`);
    const trial = await place.openGpu(); // one of its own, since it compiles kernels
    await tune(trial, layersOf(file, trial));
    const fresh = await place.openGpu();
    fresh.convChoices = trial.convChoices;
    trial.destroy();
    models.push(await measureModel(name, fresh, file, instruments));
  };
  await measure(`frame of ${model.name}`, () => model.read());
  if (fullSize) await measure('frame of ffhq512-128, random weights', async () => randomCheckpoint(FULL_SIZE));
  const isGradientWanted = (name: string) => isWanted(name, only);
  const source = { openGpu: () => place.openGpu(), read: () => model.read() };
  const gradients = await measureGradients(source, instruments, isGradientWanted);
  const races: RaceResult[] = [];
  const wanted = CONVOLUTIONS.filter(([name]) => isWanted(name, only));
  await tune(
    gpu,
    wanted.map(([, convolution]) => convChoiceKey(layerOf(convolution))),
  );
  for (const makeCase of raceCases(place, gpu, options)) {
    const raceCase = await makeCase();
    if (raceCase) races.push(await race(raceCase, instruments));
  }
  await peak.close();
  const { name, isSoftware } = gpu.adapter;
  gpu.destroy();
  return { adapter: { name, isSoftware }, models, gradients, races };
}

/** Whether a part or case is wanted. */
export function isWanted(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((word) => name.includes(word));
}

/** Cases are made one at a time, since their inputs are large. */
function* raceCases(
  place: BenchPlace,
  gpu: Gpu,
  { only, everyVariant }: BenchOptions,
): Generator<() => Promise<RaceCase | undefined>> {
  const models = new PeerModels(place.readPeerFile);
  for (const [name, make] of OPERATIONS) {
    if (!isWanted(name, only)) continue;
    yield async () => {
      const operation = await withStoredWeights(make, models);
      const own = trifoldOperation(gpu, operation, everyVariant);
      const others = await Promise.all(place.peers.map((peer) => peer.operation(operation, models)));
      const plain = plainly(operation);
      return {
        name,
        flops: operationFlops(operation),
        contenders: [...own, ...others.flat()],
        check: (output) => checkOperation(operation, output, plain),
      };
    };
  }
  for (const [name, makeLayer] of GRADIENT_LAYERS) {
    if (!isWanted(name, only)) continue;
    yield async () => {
      const layer = makeLayer();
      const peers = place.peers.flatMap((peer) => peer.gradients?.(layer) ?? []);
      const contenders = [trifoldGradients(gpu, layer), ...peers];
      return { name, flops: gradientFlops(layer), contenders, check: gradientCheck(layer) };
    };
  }
  for (const network of NETWORK_CASES) {
    if (!isWanted(network.name, only)) continue;
    yield async () => {
      if (!(await models.file(`eg3d/${network.file}`))) {
        place.progress(`${network.name}: left out, it needs --peer-models`);
        return undefined;
      }
      const own = trifoldNetwork(gpu, network, models);
      const peers = await Promise.all(place.peers.map((peer) => peer.network(network, models)));
      return networkRace(network, [...own, ...peers.flat()], models);
    };
  }
}

type Make = (stored: (file: string) => StoredWeights) => Operation;

type ConvolutionFacts = Parameters<typeof makeConvolution>[0];

const CONVOLUTIONS: readonly (readonly [name: string, facts: ConvolutionFacts])[] = [
  ['convolution 64 to 64 channels, 64 x 64', { channels: 64, side: 64, up: 1, isModulated: false }],
  ['convolution 128 to 128 channels, 64 x 64', { channels: 128, side: 64, up: 1, isModulated: false }],
  ['modulated convolution 64 to 64 channels, 64 x 64', { channels: 64, side: 64, up: 1, isModulated: true }],
  [
    'modulated convolution with up=2 and filter, 64 channels, 64 to 128',
    { channels: 64, side: 64, up: 2, isModulated: true },
  ],
];

const OPERATIONS: readonly (readonly [name: string, make: Make])[] = [
  ...CONVOLUTIONS.map(([name, facts]) => {
    return [name, (stored: Parameters<Make>[0]) => makeConvolution(facts, stored)] as const;
  }),
  ['decoder 32-64-33 at 197k points', (stored) => makeDecoder(DECODER_POINTS, stored)],
  ['plane sampling at 197k points', () => makePlaneSampling(DECODER_POINTS)],
];

/** The peers' files carry their weights: whoever cannot run such a file gets them too. */
async function withStoredWeights(make: Make, models: PeerModels): Promise<Operation> {
  const { file } = make(() => undefined);
  const graph = (await models.file(`ops/${file}`))?.graph;
  return make(() => graph?.weights);
}
