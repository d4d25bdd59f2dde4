/**
 * `trifold train scene --preset all`: the three fields of EG3D's Table 1, one after the other on the same pictures, each a run in a folder of its own, and
 * the table of them. A call that was stopped goes on with --resume where it was.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSummary } from '../../src/training/loops/run-store';
import { compareFields, type FieldRow } from '../../src/training/loops/scene-comparison';
import { UsageError } from '../errors';
import { writeWhole } from '../output-file';
import { say } from '../standard-error';
import { tell } from './progress';
import { holdsRun, RunInFolder, readJson } from './run-folder';
import type { TrainValues } from './words';

/** What `--preset` says for all three. */
const ALL_FIELDS = 'all';

/** Their presets; the first folder tells that there is a comparison. */
const FIELDS = ['tri-planes', 'voxels', 'mip-nerf'] as const;

/** How all three were asked for, for those that begin when the call is gone on with. */
const CALL = 'call.json';

/** Whether a call of `train scene` means all three fields: a new one by its preset, one that goes on by its folder. */
export async function meansAllFields({ out, preset, resume }: TrainValues): Promise<boolean> {
  return preset === ALL_FIELDS || (resume && out !== undefined && (await readJson(join(out, CALL))) !== undefined);
}

/**
 * Trains what is not trained yet, and tells the table.
 * @param trainOne trains one field as a call of its own would
 * @throws UsageError, and as `train`
 */
export async function trainAllFields(
  values: TrainValues,
  trainOne: (values: TrainValues) => Promise<void>,
): Promise<void> {
  const { out: folder } = values;
  if (folder === undefined) throw new UsageError('train needs --out DIR, where the runs are kept');
  const call = await callOf(folder, values);
  const runs: RunSummary[] = [];
  for (const preset of FIELDS) {
    const out = join(folder, preset);
    const begun = (await holdsRun(out)) ? await summaryOf(out) : undefined;
    say(`${preset}:`);
    if (!begun) await trainOne({ ...call, out, preset, resume: false });
    else if (!isDone(begun)) {
      await trainOne({ ...call, out, preset: undefined, seed: undefined, set: undefined, resume: true });
    }
    runs.push(await summaryOf(out));
  }
  const rows = compareFields(runs);
  await writeWhole(join(folder, 'comparison.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
  if (values.json) tell({ event: 'comparison', rows });
  else process.stdout.write(comparisonTable(rows));
}

/** The words of the call that began it all, with what this call says of how it tells. @throws UsageError */
async function callOf(folder: string, values: TrainValues): Promise<TrainValues> {
  const file = join(folder, CALL);
  const begun = await readJson<TrainValues>(file);
  if (values.resume) {
    if (values.preset !== undefined) throw new UsageError('--preset cannot be changed by --resume');
    return { ...begun!, json: values.json }; // `meansAllFields` has seen it
  }
  // A call that was refused before its first step has left no run behind, and may be made anew.
  if (begun && (await holdsRun(join(folder, FIELDS[0])))) {
    throw new UsageError(`"${folder}" holds a comparison of fields: go on with --resume, or name another folder`);
  }
  await mkdir(folder, { recursive: true });
  await writeWhole(file, `${JSON.stringify(values)}\n`);
  return values;
}

async function summaryOf(folder: string): Promise<RunSummary> {
  const run = await RunInFolder.open(folder);
  return { description: run.description, progress: await run.readProgress() };
}

function isDone({ description, progress }: RunSummary): boolean {
  return progress !== undefined && progress.position.step >= description.goal;
}

const COLUMNS: readonly { readonly title: string; readonly of: (row: FieldRow) => string }[] = [
  { title: 'field', of: ({ field }) => field },
  { title: 'network', of: ({ network }) => network },
  { title: 'parameters', of: ({ parameters }) => String(parameters) },
  { title: 'steps', of: ({ steps }) => String(steps) },
  { title: 'samples/s', of: ({ samplesPerSecond }) => number(samplesPerSecond, 0) },
  { title: 'speed', of: ({ speed }) => times(speed) },
  { title: '(paper)', of: ({ paper }) => times(paper.speed) },
  { title: 'MB', of: ({ memoryBytes }) => number(memoryBytes && memoryBytes / 1e6, 0) },
  { title: 'memory', of: ({ memory }) => times(memory) },
  { title: '(paper)', of: ({ paper }) => times(paper.memory) },
  { title: 'PSNR', of: ({ psnr }) => number(psnr, 2) },
  { title: 'SSIM', of: ({ ssim }) => number(ssim, 4) },
];

function comparisonTable(rows: readonly FieldRow[]): string {
  const lines = [COLUMNS.map(({ title }) => title), ...rows.map((row) => COLUMNS.map(({ of }) => of(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, at) => cell.padEnd(widths[at]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}

function times(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(2)}x`;
}
