/** The networks of a run on a device, with what learns of them trainable: the student, its moving average, and the discriminator. */
import { LABEL_LENGTH } from '../../camera/conventions';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { createTensor, destroyTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { type DiscriminatorConfig, discriminatorChannels, LAST_SIDE } from '../../models/discriminator-config';
import { type Parameter, type ParameterScope, ParameterStore } from '../../models/parameters';
import { PerceptualNetwork } from '../../models/perceptual';
import { Student } from '../../models/student';
import type { StudentConfig } from '../../models/student-config';
import { discriminatorTensors, drawn, type NetworkTensor, networkFile } from '../gan/initial-weights';
import { ParameterGroup, withLazyRegularisation } from '../parameter-group';
import { isLearnedByStudent, studentTensors } from './network';
import { LOSS_SETS, R1_INTERVAL, type StudentSettings } from './settings';
import type { StudentGroups, StudentNetworks } from './step-plans';

/** Tells the discriminator's random numbers from those of the student. */
const NETWORK_NUMBER = 3;
const LABEL_LAYERS = 2;
const LABEL_RATE = 0.01;
/** Samples whose deviation from each other the discriminator sees. */
const DEVIATION_GROUP = 4;
/** As EG3D has it beside a discriminator. */
const ADVERSARIAL_BETAS = [0, 0.99] as const;
/** Where nobody plays against it, momentum helps. */
const DISTILLING_BETAS = [0.9, 0.99] as const;
const EPSILON = 1e-8;

export interface OpenedStudent<Host extends TensorHost> extends StudentNetworks {
  readonly student: Student<Host>;
  /** Its moving average: what is shown and handed out. */
  readonly average: Student<Host>;
  readonly groups: StudentGroups;
  /** All that a checkpoint keeps. */
  readonly kept: Readonly<Record<string, readonly Parameter[]>>;
  destroy(): void;
}

/** Whether losses compare pictures by what the perceptual network sees. */
export function needsPerceptual({ losses, weights }: Pick<StudentSettings, 'losses' | 'weights'>): boolean {
  const { low, high } = LOSS_SETS[losses];
  return (low && weights.lowPerceptual > 0) || (high && weights.highPerceptual > 0);
}

/** A dual discriminator for the student's pictures. @throws ModelConfigError for a side that is no power of two */
function studentDiscriminator(settings: StudentSettings, { imageResolution }: StudentConfig): DiscriminatorConfig {
  const channels = { channelBase: settings.discriminatorBase, channelMax: settings.discriminatorMax };
  return {
    resolution: imageResolution,
    imageChannels: 3,
    ...channels,
    convClamp: undefined,
    mapping: {
      zDim: 0,
      cDim: LABEL_LENGTH,
      wDim: discriminatorChannels(channels, LAST_SIDE),
      numWs: undefined,
      layers: LABEL_LAYERS,
      lrMultiplier: LABEL_RATE,
    },
    deviationGroup: settings.batch % DEVIATION_GROUP === 0 ? DEVIATION_GROUP : settings.batch,
    deviationChannels: 1,
    labelNoise: 0,
  };
}

/**
 * @param studentFile as `freshStudent` makes it
 * @param perceptualFile of the perceptual network; undefined where the losses do not need it, or its numbers are of no interest
 */
export function openStudentNetworks<Host extends TensorHost>(
  host: Host,
  settings: StudentSettings,
  config: StudentConfig,
  studentFile: Checkpoint,
  perceptualFile?: Checkpoint,
): OpenedStudent<Host> {
  const { high, adversarial } = LOSS_SETS[settings.losses];
  const isTrainable = (name: string) => isLearnedByStudent(name, high || adversarial);
  const student = Student.create(host, studentFile, { isTrainable });
  const average = Student.create(host, studentFile, { isTrainable });
  const perceptual = needsPerceptual(settings)
    ? perceptualFile
      ? PerceptualNetwork.create(host, perceptualFile)
      : PerceptualNetwork.withoutFile(host)
    : undefined;
  const learned = studentTensors(config).filter(({ name }) => isTrainable(name));
  const discriminator = adversarial ? openDiscriminator(host, settings, config) : undefined;
  const kept = {
    S: parametersOf(student.parameters(''), learned),
    S_ema: parametersOf(average.parameters(''), learned),
    ...(discriminator && { D: discriminator.learned }),
  };
  const betas = adversarial ? ADVERSARIAL_BETAS : DISTILLING_BETAS;
  const groups = {
    student: new ParameterGroup(host, 'S', kept.S, { rate: settings.rate, betas, epsilon: EPSILON }),
    discriminator:
      discriminator &&
      new ParameterGroup(
        host,
        'D',
        discriminator.learned,
        withLazyRegularisation(
          { rate: settings.discriminatorRate, betas: ADVERSARIAL_BETAS, epsilon: EPSILON },
          R1_INTERVAL,
        ),
      ),
    averages: kept.S_ema,
    averageShare: createTensor(host, 'share of the average', [1]),
  };
  return {
    student,
    average,
    perceptual,
    discriminator: discriminator && { config: discriminator.config, parameters: discriminator.store },
    groups,
    kept,
    destroy() {
      groups.student.destroy();
      groups.discriminator?.destroy();
      destroyTensor(host, groups.averageShare);
      student.destroy();
      average.destroy();
      perceptual?.destroy();
      discriminator?.store.destroy();
    },
  };
}

function openDiscriminator(host: TensorHost, settings: StudentSettings, studentConfig: StudentConfig) {
  const config = studentDiscriminator(settings, studentConfig);
  const tensors = discriminatorTensors(config);
  const file = networkFile(tensors, drawn(settings.seed, NETWORK_NUMBER));
  const store = new ParameterStore(host, file, { isTrainable: () => true });
  return { config, store, learned: parametersOf(store, tensors) };
}

function parametersOf(scope: ParameterScope, tensors: readonly NetworkTensor[]): Parameter[] {
  return tensors.map(({ name, shape }) => scope.parameter(name, shape));
}
