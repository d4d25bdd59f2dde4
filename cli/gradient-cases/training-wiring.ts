/**
 * The cases of the reference's `training`: the phases of a step, with recorded draws, of the networks in two other files. Their gradients are those
 * of the phase's loss times its gain.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import type { PlanBuilder } from '../../src/gpu/plan';
import { readDiscriminatorConfig } from '../../src/models/discriminator-config';
import { Generator } from '../../src/models/generator';
import { tensorPrefix } from '../../src/models/generator-config';
import { type Parameter, type ParameterScope, ParameterStore } from '../../src/models/parameters';
import type { DrawFunction, DrawSource } from '../../src/training/draws';
import {
  type GanBatch,
  type GanNetworks,
  type GanPhase,
  type GanPhaseSettings,
  isLearned,
  wireDmain,
  wireDreg,
  wireGmain,
  wireGreg,
} from '../../src/training/gan-phases';
import { scheduledValues } from '../../src/training/schedule';
import { CaseOptionError } from './case-wires';
import type { CaseContext, NetworkFiles, WiredCase } from './wired-case';

/** The average of w, which follows the batches. */
const AVERAGE_W = 'backbone.mapping.w_avg';

const PHASES = { Gmain: wireGmain, Greg: wireGreg, Dmain: wireDmain, Dreg: wireDreg };

/**
 * With what the reference's phases were computed. The metadata does not say how long the blur takes to fade: its logits do. The resolution stays that
 * of the generator.
 */
const REFERENCE_SCHEDULE = {
  firstResolution: 64,
  lastResolution: 64,
  resolutionImages: 0,
  swapImages: 1e6,
  blurSigma: 10,
  blurImages: 50e3,
};

/** Of a phase, as the metadata has it under the case's name. */
interface PhaseOptions {
  readonly phase: keyof typeof PHASES;
  readonly cur_nimg: number;
  readonly gain: number;
  readonly randoms: readonly RecordedDraw[];
}

interface RecordedDraw {
  readonly fn: string;
  readonly shape: readonly number[];
  readonly tensor: string;
}

/** A phase, with its networks on the device and the batch that the file has. */
export interface WiredPhase {
  readonly phase: GanPhase;
  readonly gain: number;
  /** Of the network that learns in it. */
  readonly learning: readonly Parameter[];
  /** @param instead numbers to take in the place of draws of the file, by the draw's tensor name */
  readonly write: (instead?: Readonly<Record<string, Float32Array>>) => void;
}

export function wirePhase({ plan, file, name, networks }: CaseContext): WiredCase {
  const opened = openNetworks(plan, networks());
  const { phase, gain, learning, write } = wirePhaseOf(plan, file, name, opened);
  return {
    tape: phase.tape,
    seeds: [{ of: phase.loss, gradient: plan.constant('gain', [1], [gain]) }],
    wanted: learning.map(({ name: full, master, shape }) => ({
      name: full.replace(/^.*?param\./, ''),
      tensor: master,
      shape,
    })),
    write,
    destroy: opened.destroy,
  };
}

/** Generator and discriminator with all that learns trainable. */
export interface OpenedNetworks extends GanNetworks {
  readonly generatorFile: Checkpoint;
  /** All that learns, in the order of the files. */
  readonly learnedOf: Readonly<Record<'generator' | 'discriminator', readonly Parameter[]>>;
  /** What training changes otherwise. */
  readonly buffers: readonly Parameter[];
  readonly destroy: () => void;
}

export function openNetworks({ host }: PlanBuilder, files: NetworkFiles): OpenedNetworks {
  const { generator: generatorFile, discriminator: discriminatorFile, discriminatorCase } = files;
  const { init_kwargs } = JSON.parse(discriminatorFile.metadata[discriminatorCase] ?? '{}');
  const place = { generator: tensorPrefix(generatorFile), discriminator: `${discriminatorCase}.param.` };
  const isBuffer = (full: string) => full === `${place.generator}${AVERAGE_W}`;
  const isOfDiscriminator = (full: string) => full.startsWith(place.discriminator) && isLearned(full);
  const generator = Generator.create(host, generatorFile, { isTrainable: (full) => isLearned(full) || isBuffer(full) });
  const store = new ParameterStore(host, discriminatorFile, { isTrainable: isOfDiscriminator });
  const parametersOf = (file: Checkpoint, scope: ParameterScope, prefix: string, isWanted: (full: string) => boolean) =>
    file
      .names()
      .filter((full) => full.startsWith(prefix) && isWanted(full))
      .map((full) => scope.parameter(full.slice(prefix.length), file.info(full).shape));
  const ofGenerator = generator.parameters('');
  const ofDiscriminator = store.scope(place.discriminator);
  return {
    generator,
    generatorFile,
    discriminator: { config: readDiscriminatorConfig(init_kwargs), parameters: ofDiscriminator },
    learnedOf: {
      generator: parametersOf(generatorFile, ofGenerator, place.generator, isLearned),
      discriminator: parametersOf(discriminatorFile, ofDiscriminator, place.discriminator, isLearned),
    },
    buffers: parametersOf(generatorFile, ofGenerator, place.generator, isBuffer),
    destroy() {
      generator.destroy();
      store.destroy();
    },
  };
}

/** Appends a phase to a plan. */
export function wirePhaseOf(plan: PlanBuilder, file: Checkpoint, name: string, networks: OpenedNetworks): WiredPhase {
  const options: PhaseOptions = JSON.parse(file.metadata[name] ?? '{}');
  const wire = PHASES[options.phase];
  if (!wire) throw new CaseOptionError(name, 'its options name no phase of training', options.phase);
  const { settings, swapProbability } = settingsOf(file, options, networks.generatorFile);
  const phase = wire(plan, networks, settings);
  return {
    phase,
    gain: options.gain,
    learning: networks.learnedOf[options.phase.startsWith('G') ? 'generator' : 'discriminator'],
    write(instead = {}) {
      const draws = new RecordedDraws(file, name, options.randoms, instead);
      phase.write(batchOf(file, swapProbability), draws);
    },
  };
}

function settingsOf(file: Checkpoint, { cur_nimg: images }: PhaseOptions, generator: Checkpoint) {
  const { r1_gamma: r1Weight, batch } = JSON.parse(file.metadata.config ?? '{}');
  const { rendering_kwargs: rendering } = JSON.parse(generator.metadata.init_kwargs ?? '{}');
  const { swapProbability, blurSigma } = scheduledValues(
    { ...REFERENCE_SCHEDULE, swapProbability: rendering.gpc_reg_prob },
    images,
  );
  const settings: GanPhaseSettings = {
    batch,
    neuralResolution: Number(generator.metadata.neural_rendering_resolution),
    blurSigma,
    r1Weight,
    densityWeight: rendering.density_reg,
    densityDistance: rendering.density_reg_p_dist,
  };
  return { settings, swapProbability };
}

/** The batch that the reference's file has. */
export function batchOf(file: Checkpoint, swapProbability: number): GanBatch {
  const [batch, channels, height, width] = file.info('in.real_img_u8').shape;
  const bytes = file.bytes('in.real_img_u8');
  const pixels = height! * width!;
  const realImages = new Float32Array(bytes.length);
  for (let sample = 0; sample < batch!; sample++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels!; channel++) {
        const byte = bytes[(sample * channels! + channel) * pixels + pixel]!;
        realImages[(sample * pixels + pixel) * channels! + channel] = byte / 127.5 - 1;
      }
    }
  }
  return {
    z: file.floats('in.gen_z'),
    cameras: file.floats('in.gen_c'),
    swapProbability,
    realImages,
    realCameras: file.floats('in.real_c'),
  };
}

/** The draws of a phase, in their order; who asks for another kind or number of them than was recorded is told so. */
class RecordedDraws implements DrawSource {
  #next = 0;

  constructor(
    private readonly file: Checkpoint,
    private readonly caseName: string,
    private readonly recorded: readonly RecordedDraw[],
    private readonly instead: Readonly<Record<string, Float32Array>>,
  ) {}

  rand(count: number): Float32Array {
    return this.#take('rand', count);
  }

  randn(count: number): Float32Array {
    return this.#take('randn', count);
  }

  #take(wanted: DrawFunction, count: number): Float32Array {
    const draw = this.recorded[this.#next++];
    const values = draw && (this.instead[draw.tensor] ?? this.file.floats(draw.tensor));
    if (draw?.fn.replace('_like', '') !== wanted || values?.length !== count) {
      const found = draw ? `${draw.fn} of [${draw.shape}]` : 'none';
      throw new CaseOptionError(this.caseName, `draw ${this.#next} is ${found}, not ${wanted} of ${count}`, found);
    }
    return values;
  }
}
