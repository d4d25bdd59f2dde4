/** How `trifold train` tells how it goes: a bar on a terminal, lines in a log, lines of JSON for a program. */
import { isatty } from 'node:tty';
import type { Learner } from '../../src/training/loops/learner';
import type { TrainingRunState } from '../../src/training/loops/run-state';
import { STANDARD_ERROR, say, sayInPlace } from '../standard-error';

const BAR_LENGTH = 20;
/** A log gets a line so often. */
const LOG_MILLISECONDS = 10_000;
const CLEAR_TO_END = '\u001b[K';

export type ToldLearner = Pick<Learner, 'kind' | 'figureKinds'>;

/** @returns what to subscribe to the run; it tells steps, checkpoints and notices */
export function progressTeller(learner: ToldLearner, isJson: boolean): (state: TrainingRunState) => void {
  const isTerminal = isatty(STANDARD_ERROR);
  let former: TrainingRunState | undefined;
  let lastLine = Number.NEGATIVE_INFINITY;
  return (state) => {
    const { position, notices, lastCheckpoint, figures } = state;
    const isNews = position.step !== former?.position.step || figures !== former.figures;
    if (isJson && isNews && Object.keys(figures).length > 0) tell(eventOf(state));
    if (isJson && lastCheckpoint && lastCheckpoint !== former?.lastCheckpoint) {
      tell({ event: 'checkpoint', step: lastCheckpoint.step });
    }
    for (const notice of notices.slice(former?.notices.length ?? 0)) {
      if (isJson) tell({ event: 'notice', ...notice });
      say(notice.message);
    }
    former = state;
    const now = performance.now();
    if (!isNews || (!isTerminal && now - lastLine < LOG_MILLISECONDS && position.step < state.goal)) return;
    lastLine = now;
    const line = progressLine(state, learner);
    if (isTerminal) sayInPlace(line + CLEAR_TO_END);
    else say(line);
  };
}

/** One line of JSON on standard output. */
export function tell(event: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function eventOf(state: TrainingRunState) {
  const { position, goal, figures, imagesPerSecond, secondsLeft, memoryBytes, longestSubmission } = state;
  const { step, images } = position;
  return { event: 'step', step, goal, images, figures, imagesPerSecond, secondsLeft, memoryBytes, longestSubmission };
}

/** For example "[####----] 120/2000  PSNR 21.30 dB  loss 0.0123  3.2 images/s  12 min left". */
export function progressLine(state: TrainingRunState, { kind, figureKinds }: ToldLearner): string {
  const { position, goal, figures, imagesPerSecond, secondsLeft } = state;
  const filled = Math.round(BAR_LENGTH * Math.min(1, position.step / goal));
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_LENGTH - filled)}]`;
  const told = figureKinds.flatMap(({ name, unit }) => {
    const value = figures[name];
    return value === undefined ? [] : [[name, shortNumber(value), unit].filter(Boolean).join(' ')];
  });
  const pace =
    imagesPerSecond === undefined ? [] : [`${shortNumber(imagesPerSecond)} ${kind === 'scene' ? 'steps' : 'images'}/s`];
  const left = secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`];
  return [`${bar} ${position.step}/${goal}`, ...told, ...pace, ...left].join('  ');
}

/** Three digits that count. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size >= 1e5 || (size > 0 && size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/** For example "40 s", "12 min", "3 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
