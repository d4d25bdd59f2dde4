/** What train.test.ts does in a process of its own: `trifold train` with a learner that is quick. */
import { reportError } from '../../cli/errors';
import { TRAINABLE } from '../../cli/train/learners';
import { train } from '../../cli/train/train';
import { TrainingDataError } from '../../src/training/data/errors';
import { TinyLearner } from '../support/tiny-learner';

const SMALL = { bytes: 1e6, largest: { label: 'weights', bytes: 1e5 } };
const HUGE = { bytes: 1e15, largest: { label: 'planes', bytes: 1e15 } };

const tiny = {
  presets: {
    tiny: { label: 'Tiny', description: 'A picture of 8 x 8.', steps: 30 },
    huge: { label: 'Huge', description: 'No device has room for it.', steps: 30 },
  },
  intervals: { checkpointEvery: 10, measureEvery: 10, samplesEvery: 20 },
  takes: [],
  async open({ data = 'a', preset }: { readonly data?: string | undefined; readonly preset: string }) {
    if (data.endsWith('bad')) throw new TrainingDataError('There is nothing to learn from.', 'Give pictures.', data);
    return {
      data: { name: data, fingerprint: data },
      prepare: async (gpu: Parameters<typeof TinyLearner.create>[0]) => ({
        settings: { hidden: 8 },
        survey: () => (preset === 'huge' ? HUGE : SMALL),
        create: async (settings: unknown) => ({
          learner: await TinyLearner.create(gpu, (settings as { hidden: number }).hidden),
        }),
      }),
    };
  },
} as const;

/** @returns exit codes @param calls the words of each */
export default async function run(calls: readonly string[][]): Promise<number[]> {
  const codes: number[] = [];
  for (const words of calls) {
    codes.push(
      await train(words, { ...TRAINABLE, scene: async () => tiny }).then(
        () => 0,
        (error: unknown) => reportError(error),
      ),
    );
  }
  return codes;
}
