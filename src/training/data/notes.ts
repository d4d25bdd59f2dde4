/** What readers of data sets did that a person should know: nothing is left out in silence. */
import { quoted } from './errors';

/** From how often it happened, and where first. */
const WORDS = {
  distortion: (count: number, first: string) =>
    `The lens distortion of ${counted(count, 'camera')} is left out: ${first}.`,
  missing: (count: number, first: string) =>
    `${counted(count, 'picture')} named with a camera ${count === 1 ? 'is' : 'are'} not there, first ${quoted(first)}.`,
  scaled: (count: number, first: string) =>
    `The axes of ${counted(count, 'camera')} were not of length 1 and now are, first ${quoted(first)}.`,
  masks: (count: number, first: string) =>
    `Masks of ${counted(count, 'picture')} are not used, first ${quoted(first)}.`,
  'left-out': (count: number, first: string) =>
    `${counted(count, 'picture')} of the validation part or of no part ${count === 1 ? 'is' : 'are'} left out, first ${quoted(first)}.`,
  models: (count: number, first: string) =>
    `${counted(count, 'other model')} in the folder ${count === 1 ? 'is' : 'are'} left out, first ${quoted(first)}.`,
} as const;

export type NoteCode = keyof typeof WORDS;

export interface DataNote {
  readonly code: NoteCode;
  readonly count: number;
  readonly message: string;
}

/** Counts what happens while data are read, so that 70,000 rows make one note. */
export class NoteBook {
  private readonly entries = new Map<NoteCode, { count: number; first: string }>();

  /** @param what which picture or camera */
  add(code: NoteCode, what: string): void {
    const entry = this.entries.get(code);
    if (entry) entry.count++;
    else this.entries.set(code, { count: 1, first: what });
  }

  /** What it happened to first, if it did. */
  firstOf(code: NoteCode): string | undefined {
    return this.entries.get(code)?.first;
  }

  notes(): DataNote[] {
    return [...this.entries].map(([code, { count, first }]) => ({ code, count, message: WORDS[code](count, first) }));
  }
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
