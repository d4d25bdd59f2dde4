/** What the way back of each stage costs beside its way forward: networks of which all parameters learn, and gradients of what they are given. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import type { Gpu } from '../../src/gpu/device';
import type { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { elementCount, readTensor, type Tensor } from '../../src/gpu/tensor';
import { discriminator } from '../../src/models/discriminator';
import type { DiscriminatorConfig } from '../../src/models/discriminator-config';
import { Generator, wireMapping, wireRayMarch, wireTriPlanes } from '../../src/models/generator';
import { seededLatent } from '../../src/models/latent';
import { type Parameter, ParameterStore } from '../../src/models/parameters';
import { wireSuperResolution, wireSuperResolutionStyles } from '../../src/models/super-resolution-stage';
import { synthesis } from '../../src/models/synthesis';
import { startTape } from '../../src/pipelines/gradients';
import { isLearned } from '../../src/training/gan-phases';
import { areEnough, type Cost, measure, repeatsToFill, type Timing, timingOf } from '../clock';
import { CountingBuilder, planRunner } from '../counting-plan';
import { type Check, type Instruments, messageOf } from '../racer';
import { randomValues } from '../random';

export interface GradientResult {
  readonly stage: string;
  /** Why it could not run; there is nothing else then. */
  readonly failure?: string;
  readonly check?: Check;
  readonly forward?: PassResult;
  /** Forward and gradients, as one plan. */
  readonly both?: PassResult;
}

export interface PassResult {
  readonly timing: Timing;
  readonly dispatches: number;
  /** Of the plan's own tensors and scratch; parameters are not among them. */
  readonly bytes: number;
}

interface WiredStage {
  readonly output: Tensor;
  /** What the stage is given, of which gradients are wanted, too. */
  readonly inputs: readonly Tensor[];
}

/** A stage whose parameters are on the device. */
interface GradientStage {
  wire(plan: PlanBuilder): WiredStage;
  parameters(): readonly Parameter[];
  /** Bytes of parameters that plans have asked for. */
  parameterBytes(): number;
  /** The parameter by which the gradient is checked, and those of its numbers that are changed. */
  readonly checked: { readonly name: string; readonly isChanged?: (index: number) => boolean };
  destroy(): void;
}

/** Batches of the mapping network and of the discriminator. */
const [CODES, PICTURES] = [4, 2];
const RAYS = { neuralResolution: 32, depthSamples: 24, importanceSamples: 24 };

/** As deep as the published ones, a tenth as wide. */
const DISCRIMINATOR: DiscriminatorConfig = {
  resolution: 128,
  imageChannels: 3,
  channelBase: 4096,
  channelMax: 128,
  convClamp: 256,
  mapping: undefined,
  deviationGroup: 2,
  deviationChannels: 1,
  labelNoise: 0,
};

type OpenStage = (gpu: Gpu, checkpoint: Checkpoint) => GradientStage | Promise<GradientStage>;

const STAGES: readonly (readonly [name: string, open: OpenStage])[] = [
  [`mapping network, ${CODES} codes`, mappingStage],
  ['backbone', backboneStage],
  [
    `volume rendering, ${RAYS.neuralResolution} x ${RAYS.neuralResolution} rays, ${RAYS.depthSamples} + ${RAYS.importanceSamples} samples`,
    rayMarchStage,
  ],
  ['super-resolution', (gpu, checkpoint) => superResolutionStage(gpu, checkpoint, false)],
  ['super-resolution, recomputed', (gpu, checkpoint) => superResolutionStage(gpu, checkpoint, true)],
  [`discriminator, ${PICTURES} pictures of 128 x 128, 32 to 128 channels`, discriminatorStage],
];

/**
 * @param openGpu a device that has compiled nothing yet, and `read` the model: asked for if a stage is wanted
 * @param isWanted tells for the name of a stage's gradients whether to measure them
 */
export async function measureGradients(
  { openGpu, read }: { openGpu: () => Promise<Gpu>; read: () => Promise<Checkpoint> },
  instruments: Instruments,
  isWanted: (name: string) => boolean,
): Promise<GradientResult[]> {
  const wanted = STAGES.filter(([name]) => isWanted(`gradients of ${name}`));
  if (wanted.length === 0) return [];
  const gpu = await openGpu();
  const checkpoint = await read();
  const results: GradientResult[] = [];
  for (const [name, open] of wanted) {
    let stage: GradientStage | undefined;
    try {
      instruments.progress(`gradients of ${name}`);
      stage = await open(gpu, checkpoint);
      results.push({ stage: name, ...(await measureStage(gpu, name, stage, instruments)) });
    } catch (error) {
      results.push({ stage: name, failure: messageOf(error) });
    } finally {
      stage?.destroy();
    }
  }
  gpu.destroy();
  return results;
}

async function measureStage(gpu: Gpu, name: string, stage: GradientStage, { clock, rounds, progress }: Instruments) {
  const forward = await openPass(gpu, stage, false);
  const both = await openPass(gpu, stage, true);
  const passes = [forward, both];
  try {
    const check = await checkGradient(gpu, stage, forward, both);
    if (!(check.largestError <= check.allowed)) {
      throw new Error(`wrong gradient: error ${check.largestError.toExponential(1)}, allowed ${check.allowed}`);
    }
    for (const pass of passes) pass.repeats = repeatsToFill((await measure(clock, 1, pass.run)).wall);
    for (let round = 0; round < rounds; round++) {
      progress(`gradients of ${name}: round ${round + 1} of ${rounds}`);
      for (const { costs, repeats, run, deviceMilliseconds } of passes) {
        if (areEnough(costs, repeats)) continue;
        const cost = await measure(clock, repeats, run);
        costs.push({ ...cost, device: deviceMilliseconds?.() });
      }
    }
    const resultOf = ({ costs, repeats, dispatches, bytes }: Pass) => ({
      timing: timingOf(costs, repeats),
      dispatches,
      bytes,
    });
    return { check, forward: resultOf(forward), both: resultOf(both) };
  } finally {
    for (const { close } of passes) await close();
  }
}

type Pass = Awaited<ReturnType<typeof openPass>>;

/** The stage as a plan, with its gradients or without, that has run once. */
async function openPass(gpu: Gpu, stage: GradientStage, withGradients: boolean) {
  const bytesBefore = gpu.memory.bytesInUse - stage.parameterBytes();
  const builder = new CountingBuilder(gpu, 'gradients');
  const tape = withGradients ? startTape(builder) : undefined;
  const { output, inputs } = stage.wire(builder);
  builder.keep(output);
  const masters = stage.parameters().map(({ master }) => master);
  const weights = randomValues(elementCount(output.shape), 7);
  let checked: Tensor | undefined;
  if (tape) {
    const seed = { of: output, gradient: builder.constant('gradient of the output', output.shape, weights) };
    const gradients = tape.gradients([seed], [...masters, ...inputs]);
    checked = gradients[stage.parameters().findIndex(({ name }) => name.endsWith(stage.checked.name))];
    if (checked) builder.keep(checked);
  }
  const plan = await builder.build();
  const runner = planRunner(gpu, plan);
  await runner.run(1);
  return {
    ...runner,
    output,
    weights,
    checked,
    dispatches: plan.dispatchCount,
    bytes: gpu.memory.bytesInUse - stage.parameterBytes() - bytesBefore,
    repeats: 1,
    costs: [] as Cost[],
  };
}

/** Of the parameter's root mean square: small enough for a slope, large enough for floats. */
const STEP = 0.0005;

/**
 * In one direction, the sum of the output's numbers, each times its weight, must rise as the gradient says: by a difference quotient of the forward pass.
 * The direction is half the gradient's own, so that there is a slope, and half random, so that a part that is missing shows.
 */
async function checkGradient(gpu: Gpu, stage: GradientStage, forward: Pass, both: Pass): Promise<Check> {
  const { name, isChanged = () => true } = stage.checked;
  const parameter = stage.parameters().find((one) => one.name.endsWith(name));
  if (!parameter || !both.checked) throw new Error(`there is no gradient of ${name}`);
  const [values, gradient] = [await readTensor(gpu, parameter.master), await readTensor(gpu, both.checked)];
  const [size, steepness] = [rootMeanSquare(values) || 1, rootMeanSquare(gradient)];
  const random = randomValues(values.length, 8);
  const direction = values.map((_, index) =>
    isChanged(index) ? size * (gradient[index]! / steepness + random[index]!) : 0,
  );
  const sumAt = async (step: number) => {
    parameter.write(values.map((value, index) => value + step * direction[index]!));
    await forward.run(1);
    return dot(await readTensor(gpu, forward.output), forward.weights);
  };
  const quotient = ((await sumAt(STEP)) - (await sumAt(-STEP))) / (2 * STEP);
  parameter.write(values);
  return { largestError: Math.abs(dot(gradient, direction) / quotient - 1), allowed: 0.02 };
}

const rootMeanSquare = (values: Float32Array) => Math.sqrt(dot(values, values) / values.length);

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/** A stage of the model, all of whose parameters learn. */
function generatorStage(
  gpu: Gpu,
  checkpoint: Checkpoint,
  stage: Pick<GradientStage, 'checked'> & {
    readonly wire: (plan: PlanBuilder, generator: Generator) => WiredStage;
  },
): GradientStage {
  const generator = Generator.create(gpu, checkpoint, { isTrainable: isLearned });
  return {
    ...stage,
    wire: (plan) => stage.wire(plan, generator),
    parameters: () => generator.trainable,
    parameterBytes: () => generator.weightBytes,
    destroy: () => generator.destroy(),
  };
}

function mappingStage(gpu: Gpu, checkpoint: Checkpoint): GradientStage {
  return generatorStage(gpu, checkpoint, {
    checked: { name: 'mapping.fc0.weight' },
    wire(plan, generator) {
      const { ws, write } = wireMapping(plan, generator, CODES);
      write({ z: randomValues(CODES * generator.config.mapping.zDim, 1), psi: 1 });
      return { output: ws, inputs: [] };
    },
  });
}

function randomWs(plan: PlanBuilder, { config: { mapping } }: Generator): Tensor {
  const shape = [1, mapping.numWs!, mapping.wDim];
  return plan.constant('ws', shape, randomValues(elementCount(shape), 2));
}

function backboneStage(gpu: Gpu, checkpoint: Checkpoint): GradientStage {
  return generatorStage(gpu, checkpoint, {
    checked: { name: 'b4.const' },
    wire(plan, generator) {
      const ws = randomWs(plan, generator);
      const parameters = generator.parameters('backbone.synthesis.');
      return { output: synthesis(plan, parameters, generator.config.backbone, ws), inputs: [ws] };
    },
  });
}

/** Of the model's own planes, since what is empty costs less. */
async function rayMarchStage(gpu: Gpu, checkpoint: Checkpoint): Promise<GradientStage> {
  const frozen = Generator.create(gpu, checkpoint);
  const builder = new CountingBuilder(gpu, 'planes');
  const { ws, write } = wireMapping(builder, frozen, 1);
  const { planes } = wireTriPlanes(builder, frozen, ws, { sketch: false });
  const plan = await builder.build();
  write({ z: seededLatent(0, frozen.config.mapping.zDim), psi: 1 });
  const recorder = new Recorder(gpu);
  recorder.run(plan);
  recorder.submit();
  await gpu.finished();
  const stage = generatorStage(gpu, checkpoint, {
    // Colours alone: densities also move the samples, whose depths the gradient takes as given.
    checked: { name: 'decoder.net.2.bias', isChanged: (index) => index > 0 },
    wire(plan, generator) {
      const rendering = { ...generator.config.rendering, ...RAYS, quality: 'exact' } as const;
      return { output: wireRayMarch(plan, generator, { planes }, rendering).feature, inputs: [planes] };
    },
  });
  return {
    ...stage,
    destroy() {
      stage.destroy();
      plan.destroy();
      frozen.destroy();
    },
  };
}

function superResolutionStage(gpu: Gpu, checkpoint: Checkpoint, recompute: boolean): GradientStage {
  return generatorStage(gpu, checkpoint, {
    checked: { name: 'block0.conv0.weight' },
    wire(plan, generator) {
      const { inputResolution: side, inputChannels } = generator.config.superResolution;
      const ws = randomWs(plan, generator);
      const shape = [1, side, side, inputChannels];
      const feature = plan.constant('feature image', shape, randomValues(elementCount(shape), 3));
      const styles = wireSuperResolutionStyles(plan, generator, ws);
      return { output: wireSuperResolution(plan, generator, styles, feature, { recompute }), inputs: [ws, feature] };
    },
  });
}

function discriminatorStage(gpu: Gpu): GradientStage {
  const { resolution: side, imageChannels: channels } = DISCRIMINATOR;
  const store = new ParameterStore(gpu, undefined, { isTrainable: () => true });
  let areWritten = false;
  return {
    checked: { name: `b${side}.fromrgb.weight` },
    wire(plan) {
      const pictures = (label: string, extent: number) => {
        const shape = [PICTURES, extent, extent, channels];
        return plan.constant(label, shape, randomValues(elementCount(shape), extent));
      };
      const seen = { image: pictures('pictures', side), imageRaw: pictures('small pictures', side / 2) };
      const output = discriminator(plan, store, DISCRIMINATOR, seen);
      if (!areWritten) {
        for (const [index, parameter] of store.trainable.entries()) {
          parameter.write(randomValues(elementCount(parameter.shape), index));
        }
      }
      areWritten = true;
      return { output, inputs: [seen.image, seen.imageRaw] };
    },
    parameters: () => store.trainable,
    parameterBytes: () => store.bytes,
    destroy: () => store.destroy(),
  };
}
