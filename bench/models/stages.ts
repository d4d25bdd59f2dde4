/** A model's frame, stage by stage: what runs once a face and what runs for each camera. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import type { Gpu } from '../../src/gpu/device';
import type { Plan } from '../../src/gpu/plan';
import { reserveTogether } from '../../src/gpu/plans-together';
import { ScratchPool } from '../../src/gpu/scratch-pool';
import { Generator, wireMapping, wireRayMarch, wireTriPlanes } from '../../src/models/generator';
import { seededLatent } from '../../src/models/latent';
import { wireSuperResolution } from '../../src/models/super-resolution-stage';
import {
  areEnough,
  type ClockName,
  type Cost,
  measure,
  type ProcessorClock,
  repeatsToFill,
  type Timing,
  timingOf,
} from '../clock';
import { CountingBuilder, planRunner } from '../counting-plan';
import { type Instruments, messageOf, type Racer, type Work } from '../racer';
import { backboneLayers, mappingFlops, rayMarchFlops, sumOfFlops, superResolutionLayers } from './layers';

export interface StageResult {
  readonly stage: string;
  readonly runs: 'once a face' | 'each camera';
  /** Of the plain way; of `fast` ray marching those of the exact one. */
  readonly flops: number;
  /** Why it could not run; there is nothing else then. */
  readonly failure?: string;
  readonly timing?: Timing;
  readonly work?: Work;
  /** Compiling the stage's kernels, none of which the device has seen before, unless an earlier stage uses them too. */
  readonly compile?: Cost;
}

export interface ModelResult {
  readonly name: string;
  readonly failure?: string;
  readonly stages?: readonly StageResult[];
  /** The device at its peak, meanwhile. */
  readonly peak?: { readonly flops: number; readonly timing: Timing };
  readonly weightBytes?: number;
  /** Beside the weights: planes, pictures, scratch. */
  readonly planBytes?: number;
  /** Of all buffers, at any time. */
  readonly peakBytes?: number;
}

const PSI = 0.7;

/** @param gpu a device that has compiled nothing yet; it is destroyed at the end */
export async function measureModel(
  name: string,
  gpu: Gpu,
  checkpoint: Checkpoint,
  instruments: Instruments,
): Promise<ModelResult> {
  instruments.progress(`${name}: weights`);
  try {
    return { name, ...(await measureStages(name, gpu, checkpoint, instruments)) };
  } catch (error) {
    return { name, failure: messageOf(error) };
  } finally {
    gpu.destroy();
  }
}

async function measureStages(name: string, gpu: Gpu, checkpoint: Checkpoint, instruments: Instruments) {
  const { clock, rounds, progress, peak } = instruments;
  const before = gpu.memory.bytesInUse;
  const generator = Generator.create(gpu, checkpoint);
  const stages = wireStages(gpu, generator);
  reserveTogether(stages.map(({ builder }) => builder));
  const entries: (ReadyStage | StageResult)[] = [];
  for (const stage of stages) {
    progress(`${name}: ${stage.builder.stage} compiles and runs`);
    entries.push(await makeReady(gpu, stage, clock));
  }
  const ready = entries.filter((entry) => 'run' in entry);
  const peakCosts: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${name}: round ${round + 1} of ${rounds}`);
    peakCosts.push(await peak.sample(clock));
    for (const { run, deviceMilliseconds, repeats, costs } of ready) {
      if (areEnough(costs, repeats)) continue;
      const cost = await measure(clock, repeats, run);
      costs.push({ ...cost, device: deviceMilliseconds?.() });
    }
  }
  return {
    stages: entries.map((entry) => ('run' in entry ? resultOf(entry) : entry)),
    peak: { flops: peak.flops, timing: timingOf(peakCosts, 1) },
    weightBytes: generator.weightBytes,
    planBytes: gpu.memory.bytesInUse - before - generator.weightBytes,
    peakBytes: gpu.memory.peakBytes,
  };
}

/** Compiles a stage, and runs it in its turn, so that those after it find what they read. */
async function makeReady(gpu: Gpu, stage: WiredStage, clock: ProcessorClock): Promise<ReadyStage | StageResult> {
  const { builder, runs, flops } = stage;
  try {
    let plan: Plan | undefined;
    const compile = await measure(clock, 1, async () => {
      plan = await builder.build();
    });
    const runner = planRunner(gpu, plan!);
    await runner.run(1);
    const { wall } = await measure(clock, 1, runner.run);
    const work = { dispatches: plan!.dispatchCount, bytes: builder.boundBytes };
    return { ...runner, stage, work, compile, repeats: repeatsToFill(wall), costs: [] };
  } catch (error) {
    return { stage: builder.stage, runs, flops, failure: messageOf(error) };
  }
}

function resultOf({ stage: { builder, runs, flops }, work, compile, costs, repeats }: ReadyStage): StageResult {
  return { stage: builder.stage, runs, flops, timing: timingOf(costs, repeats), work, compile };
}

interface WiredStage {
  readonly builder: CountingBuilder;
  readonly runs: StageResult['runs'];
  readonly flops: number;
}

interface ReadyStage extends Pick<Racer, 'run' | 'deviceMilliseconds'> {
  readonly stage: WiredStage;
  readonly work: Work;
  readonly compile: Cost;
  readonly repeats: number;
  readonly costs: Cost[];
}

/** The plans that a renderer has, in the order in which they run; both qualities of the ray march in one face. */
function wireStages(gpu: Gpu, generator: Generator): WiredStage[] {
  const { config } = generator;
  const pool = new ScratchPool(gpu);
  const plan = (stage: string) => new CountingBuilder(gpu, stage, { pool });
  const [mapping, triPlanes, superResolution] = [plan('mapping'), plan('tri-planes'), plan('super-resolution')];
  const [exact, fast] = [plan('ray march, exact'), plan('ray march, fast')];
  const mapped = wireMapping(mapping, generator, 1);
  mapped.write({ z: seededLatent(0, config.mapping.zDim), psi: PSI });
  const face = wireTriPlanes(triPlanes, generator, mapped.ws);
  const { feature } = wireRayMarch(exact, generator, face, { ...config.rendering, quality: 'exact' });
  wireRayMarch(fast, generator, face, { ...config.rendering, quality: 'fast' });
  wireSuperResolution(superResolution, generator, face.superResolutionStyles, feature);
  const once = { runs: 'once a face' } as const;
  const each = { runs: 'each camera' } as const;
  return [
    { ...once, builder: mapping, flops: mappingFlops(config) },
    { ...once, builder: triPlanes, flops: sumOfFlops(backboneLayers(config.backbone)) },
    { ...each, builder: exact, flops: rayMarchFlops(config) },
    { ...each, builder: fast, flops: rayMarchFlops(config) },
    { ...each, builder: superResolution, flops: sumOfFlops(superResolutionLayers(config.superResolution)) },
  ];
}

/** Ray march and super-resolution together; undefined if one of them failed. */
export function frameMilliseconds(
  stages: readonly StageResult[],
  quality: 'fast' | 'exact',
  clock: ClockName,
): number | undefined {
  const [march, enlarge] = [`ray march, ${quality}`, 'super-resolution'].map(
    (name) => stages.find(({ stage }) => stage === name)?.timing?.[clock]?.median,
  );
  return march === undefined || enlarge === undefined ? undefined : march + enlarge;
}
