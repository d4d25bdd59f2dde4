/** Computes the gradients of a reference case, and compares them with those that the file has. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import type { WritableTensor } from '../../src/checkpoints/safetensors';
import { TrifoldError } from '../../src/errors';
import type { Gpu } from '../../src/gpu/device';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { elementCount, readTensor, type Tensor } from '../../src/gpu/tensor';
import type { WantedGradient } from './case-wires';
import { type CaseGradient, gradientAndParts } from './compare-gradients';
import { CASE_KINDS, kindOfCase } from './table';
import { CaseGradientError, type NetworkFiles, type WiredCase } from './wired-case';

/** No operation is known for a case. */
export class UnknownCaseError extends TrifoldError {
  override readonly code = 'unknown-case';

  constructor(readonly caseName: string) {
    const known = CASE_KINDS.map(({ names }) => names.source.slice(1)).join(', ');
    super(`There is no operation for the case "${caseName}".`, `Names of cases begin with one of: ${known}.`);
  }
}

/** A case trains whole networks, and none are at hand. */
export class NetworkFilesError extends TrifoldError {
  override readonly code = 'network-files';

  constructor() {
    super('This case trains a generator and a discriminator.', 'Name the files that have their parameters.');
  }
}

const noNetworks = (): NetworkFiles => {
  throw new NetworkFilesError();
};

/**
 * @param file in the reference's format: `CASE.in.*`, `CASE.param.*`, `CASE.cot.*` and, where they are to be compared, `CASE.grad.*`
 * @param networks for the phases of training. Default: none
 * @returns gradients of all inputs and parameters that have one
 * @throws UnknownCaseError, CaseOptionError, CaseGradientError, NetworkFilesError, MissingTensorError
 */
export async function runCase(
  gpu: Gpu,
  file: Checkpoint,
  name: string,
  networks: () => NetworkFiles = noNetworks,
): Promise<CaseGradient[]> {
  const kind = kindOfCase(name);
  if (!kind) throw new UnknownCaseError(name);
  const plan = new PlanBuilder(gpu, `gradients of ${name}`);
  let wired: WiredCase | undefined;
  let kept: KeptGradient[];
  try {
    wired = kind.wire({ plan, file, name, networks });
    kept = wireGradients(plan, file, name, wired);
  } catch (error) {
    wired?.destroy();
    plan.discard();
    throw error;
  }
  const built = await plan.build();
  wired.write?.();
  const recorder = new Recorder(gpu);
  recorder.run(built);
  recorder.submit();
  const gradients: CaseGradient[] = [];
  for (const { gradient, ...wanted } of kept) {
    const values = gradient ? await readTensor(gpu, gradient) : new Float32Array(elementCount(wanted.shape));
    gradients.push(...gradientAndParts(file, name, { ...wanted, values }));
  }
  built.destroy();
  wired.destroy();
  return gradients;
}

interface KeptGradient extends WantedGradient {
  /** Undefined where none flows, though the file has one: of zeros, it should be. */
  readonly gradient: Tensor | undefined;
}

/** @throws CaseGradientError if the file has gradients that nothing here answers to */
function wireGradients(plan: PlanBuilder, file: Checkpoint, name: string, wired: WiredCase): KeptGradient[] {
  const { tape, seeds, wanted } = wired;
  const found = tape.gradients(
    seeds,
    wanted.map(({ tensor }) => tensor),
  );
  const inFile = namesOfGradients(file, name);
  const kept = wanted.flatMap((one, index) => {
    const gradient = found[index] && plan.keep(found[index]);
    return gradient || inFile.has(one.name) ? [{ ...one, gradient }] : [];
  });
  for (const { name: own } of wanted) inFile.delete(own);
  for (const missing of inFile) throw new CaseGradientError(name, missing, 'gives no gradient of');
  return kept;
}

function namesOfGradients(file: Checkpoint, name: string): Set<string> {
  const names = new Set<string>();
  for (const tensor of file.names()) {
    const found =
      tensor.startsWith(`${name}.`) && /^grad(?:sub)?\.(.*?)(?:_strided)?$/.exec(tensor.slice(name.length + 1));
    if (found) names.add(found[1]!);
  }
  return names;
}

/** What goes into the file of results. */
export function writableGradients(name: string, gradients: readonly CaseGradient[]): WritableTensor[] {
  return gradients.map((gradient) => ({
    name: `${name}.${gradient.name}`,
    shape: gradient.shape,
    data: gradient.values,
  }));
}
