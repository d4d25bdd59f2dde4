/**
 * The phases of EG3D's training against the reference: a small generator and its discriminator, with the draws that the official implementation made.
 * Every phase is wired from the initial weights; logits, losses, and the gradients of all parameters are compared.
 */
import { describe, expect, it } from 'vitest';
import {
  type CaseGradient,
  describeComparison,
  gradientAndParts,
  isWithinTolerance,
} from '../../../cli/gradient-cases/compare-gradients';
import { openNetworks, wirePhaseOf } from '../../../cli/gradient-cases/training-wiring';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { expectClose, fixture, testGpu } from '../support';

const training = await fixture('training');
const replay = await fixture('training-replay');
const files = {
  generator: await fixture('generator_tiny'),
  discriminator: await fixture('discriminator'),
  discriminatorCase: 'd128',
};
const PHASES = ['Gmain', 'Greg', 'Dmain', 'Dreg', 'Dmain_blur'];

/** Logits pass through two whole networks: the bound of a whole stage in the tests of both. */
const LOGIT_TOLERANCE = 5e-4;

/**
 * The reference is float32, too, and where generated pictures are judged that is not enough: of nine million units of leaky ReLU some ten lie so near to
 * their kink that rounding decides which slope they have, and all gradients before such a unit change by what it contributes. The same in double
 * precision (scripts/replay) shows who is how far from the truth, in parts of the bound of 1e-3 or 1e-5, worst tensor and how many are beyond:
 *
 *                 reference     PyTorch's float32    ours      float32, if double has
 *                               today                          float32's slopes
 *   Gmain         1.79, 1 of 128     2.21, 4         1.19, 1   0.25, 0
 *   Greg          0.01, 0 of 104     0.01, 0         0.01, 0
 *   Dmain         0.03, 0 of 51      0.46, 0         0.46, 0   0.02, 0
 *   Dreg          0.02, 0 of 50      0.02, 0         0.01, 0
 *   Dmain_blur   14.45, 13 of 51     0.03, 0         0.23, 0   0.02, 0
 *
 * In Dmain_blur it is one unit, of b32.conv0 in the generated pictures, 2e-6 from its kink: with its slope turned, double gives the reference's
 * gradients within 13 % of the bound, all 51 (`python3 scripts/replay kinks`). So these two phases are held against double or against the reference,
 * all their tensors against the same, whichever is nearer: on another adapter that unit may fall to the other side.
 */
const expectedFiles = (name: string) => (['Gmain', 'Dmain_blur'].includes(name) ? [replay, training] : [training]);

/** For Gmain, whose double no float32 meets in all tensors; absolute, where the strict bound is missed. In the others units are turned that weigh less. */
const KINK = 3e-5;

/** Error of all gradients of a phase over their norm. */
const LARGEST_SHARE_OF_NORM = 1e-4;

interface Compared {
  readonly gradients: ReadonlyMap<string, CaseGradient>;
  readonly shareOfNorm: number;
  /** Of the worst tensor, in parts of what is allowed. */
  readonly worst: number;
}

interface PhaseResults extends Compared {
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

async function runPhase(name: string): Promise<PhaseResults> {
  const gpu = await testGpu();
  const plan = new PlanBuilder(gpu, name);
  const networks = openNetworks(plan, files);
  const { phase, gain, learning, write } = wirePhaseOf(plan, training, name, networks);
  const seed = { of: phase.loss, gradient: plan.constant('gain', [1], [gain]) };
  const found = phase.tape.gradients(
    [seed],
    learning.map(({ master }) => master),
  );
  const kept = learning.map((parameter, index) => ({ parameter, gradient: found[index] && plan.keep(found[index]) }));
  const outputs = Object.entries({ loss: phase.loss, fake: phase.fakeLogits, real: phase.realLogits });
  for (const [, tensor] of outputs) if (tensor) plan.keep(tensor);
  const built = await plan.build();
  built.spoil();
  write();
  const recorder = new Recorder(gpu);
  recorder.run(built);
  recorder.submit();
  const whole: NamedGradient[] = [];
  for (const { parameter, gradient } of kept) {
    const { name: full, shape, master } = parameter;
    const values = gradient ? await readTensor(gpu, gradient) : new Float32Array(master.shape[0]!);
    whole.push({ name: full.replace(/^.*?param\./, ''), shape, values });
  }
  const read = new Map<string, Float32Array>();
  for (const [key, tensor] of outputs) if (tensor) read.set(key, await readTensor(gpu, tensor));
  built.destroy();
  networks.destroy();
  const [nearest] = expectedFiles(name)
    .map((file) => compared(file, name, whole))
    .sort((a, b) => a.worst - b.worst);
  return { ...nearest!, outputs: read };
}

type NamedGradient = Pick<CaseGradient, 'name' | 'shape' | 'values'>;

function compared(file: Checkpoint, name: string, whole: readonly NamedGradient[]): Compared {
  const parts = whole.flatMap((gradient) => gradientAndParts(file, name, gradient));
  let [squaredError, squares] = [0, 0];
  for (const { name: gradient, values, comparison } of parts) {
    if (!comparison) continue;
    file.floats(`${name}.${gradient}`).forEach((wanted, at) => {
      squaredError += (values[at]! - wanted) ** 2;
      squares += wanted ** 2;
    });
  }
  return {
    gradients: new Map(parts.map((part) => [part.name, part])),
    shareOfNorm: Math.sqrt(squaredError / squares),
    worst: Math.max(...parts.map(({ comparison }) => comparison?.shareOfAllowed ?? 0)),
  };
}

describe.each(PHASES)('%s', (name) => {
  let ran: Promise<PhaseResults> | undefined;
  const results = () => {
    ran ??= runPhase(name);
    return ran;
  };
  const expected = (key: string) => training.floats(`${name}.out.${key}`);

  it('logits and loss', async () => {
    const { outputs } = await results();
    for (const kind of ['fake', 'real'] as const) {
      const logits = outputs.get(kind);
      if (logits) expectClose(`${name} ${kind} logits`, logits, expected(`Loss_scores_${kind}`), LOGIT_TOLERANCE);
    }
    if (name !== 'Greg') return;
    const { density_reg: weight } = JSON.parse(files.generator.metadata.init_kwargs!).rendering_kwargs;
    const loss = outputs.get('loss')!.map((value) => value / weight);
    expectClose('Greg density difference', loss, expected('density_l1_before_weight'), 1e-6);
  });

  const names = training.names().flatMap((tensor) => /^(\w+)\.(grad(?:sub)?\..*)$/.exec(tensor)?.slice(1, 3) ?? []);
  const own = names.filter((_, index) => index % 2 === 1 && names[index - 1] === name);
  it.each(own)('%s', async (gradient) => {
    const { gradients } = await results();
    const found = gradients.get(gradient) ?? expect.fail(`${gradient} was not computed`);
    const { largestError } = found.comparison!;
    console.info(`${name}.${gradient}: ${describeComparison(found.comparison!)}`);
    if (!isWithinTolerance(found)) expect(name === 'Gmain' ? largestError : Infinity).toBeLessThan(KINK);
  });

  it('all gradients together', async () => {
    const { gradients, shareOfNorm } = await results();
    const found = [...gradients.values()].filter(({ comparison }) => comparison);
    expect(found).toHaveLength(own.length);
    const beyond = found.filter((gradient) => !isWithinTolerance(gradient)).map((gradient) => gradient.name);
    const names = beyond.length > 0 ? `, beyond the strict bound: ${beyond.join(', ')}` : '';
    console.info(`${name}: error of all gradients ${shareOfNorm.toExponential(1)} of their norm${names}`);
    expect(shareOfNorm).toBeLessThan(LARGEST_SHARE_OF_NORM);
  });
});
