/** Why a training run ends before its goal. */
import { TrifoldError } from '../../errors';
import type { Gpu } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';

/** What was noticed: figures or weights that are no numbers, or a learner that tells its networks have collapsed. */
export type Trouble = 'not-finite' | 'collapse';

const WHAT = {
  'not-finite': 'numbers that are not finite (NaN or infinity)',
  collapse: 'a collapse',
} as const;

/** For people: what was noticed. */
export function troubleInWords(trouble: Trouble, details: string): string {
  return `${WHAT[trouble]}${details && ` (${details})`}`;
}

/** A measurement was given up for a pause: it is done again later, and no person meets this. */
export class GivenUpError extends TrifoldError {
  override readonly code = 'given-up';

  constructor() {
    super('The measurement was given up for a pause.', 'Resume the run: it measures again.');
  }
}

/** It went wrong again and again, each time from the same checkpoint and with half the learning rate. */
export class TrainingTroubleError extends TrifoldError {
  override readonly code = 'training-trouble';

  constructor(
    readonly trouble: Trouble,
    details: string,
    readonly step: number,
    readonly times: number,
  ) {
    super(
      `Training met ${troubleInWords(trouble, details)} at step ${step}, ${times} times in a row, though the learning rate was halved each time.`,
      trouble === 'collapse'
        ? 'Begin anew with stronger regularisation (a larger R1 gamma), a larger batch, or more and more varied pictures.'
        : 'Look at the data for pictures or cameras that stand out, then begin anew with a smaller learning rate.',
    );
  }
}

/** How long after an error the news of a lost device may arrive. */
const LOSS_NEWS_MILLISECONDS = 200;

/** An error may be the first sign of a lost device, which has its own cure. */
export async function reasonOf({ lost }: Pick<Gpu, 'lost'>, caught: unknown): Promise<Error> {
  const noNews = new Promise<undefined>((resolve) => setTimeout(resolve, LOSS_NEWS_MILLISECONDS));
  const loss = await Promise.race([lost, noNews]);
  if (loss) return new DeviceLostError(loss.message || loss.reason);
  return caught instanceof Error ? caught : new Error(String(caught));
}
