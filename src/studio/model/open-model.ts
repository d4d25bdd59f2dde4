/**
 * From a request to a model in memory: the bundled one (from the cache or the network, checked against its hash), a file of the person's, one
 * that was kept on this device, or one from an address. Nothing here touches the device.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { parseSafetensors } from '../../checkpoints/safetensors';
import type { GeneratorConfig } from '../../models/config';
import { readGeneratorConfig, type TensorDirectory } from '../../models/generator-config';
import { isStudentFile } from '../../models/student-config';
import { fingerprintInWorker, readInWorker } from './checkpoint-reader';
import { downloadFile, modelAddress, nameInAddress } from './download';
import { headListener } from './file-head';
import type { KeptFiles } from './kept-files';
import {
  type KnownConfiguration,
  type LatentAttribute,
  type ModelOrigin,
  readAttributes,
  type WeightFacts,
  weightFactsOf,
} from './model-facts';
import { type FirstView, type ModelEntry, readModelEntry, type StudentEntry } from './model-index';
import { forgetOtherVersions, isOtherVersion, loadWeights, type NotKept } from './weights';
import { WeightsError } from './weights-errors';

/** Which model is wanted. */
export type ModelRequest =
  | { readonly kind: 'bundled' }
  | { readonly kind: 'file'; readonly file: File; readonly like?: KnownConfiguration }
  /** `fingerprint`: the whole or its first digits. */
  | {
      readonly kind: 'kept';
      readonly fingerprint: string;
      /** Of the file, where it is known. */
      readonly name?: string | undefined;
    }
  /** `address`: relative to the page, or absolute. */
  | { readonly kind: 'url'; readonly address: string; readonly like?: KnownConfiguration };

export interface OpenedModel {
  readonly kind: 'generator';
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly checkpoint: Checkpoint;
  readonly config: GeneratorConfig;
  readonly weights: WeightFacts;
  readonly fileBytes: number;
  /** Why the bundled model will be downloaded again; undefined if it will not. */
  readonly notKept: NotKept;
  /** The file of the person, as long as it can be kept. */
  readonly file: Blob | undefined;
  readonly fingerprint: string | undefined;
  /** What completed a state dict that was saved alone. */
  readonly like: KnownConfiguration | undefined;
  readonly sha256: string | undefined;
  readonly student: StudentEntry | undefined;
  /** Who is shown first where the person has not chosen; undefined for opened files. */
  readonly first: FirstView | undefined;
  readonly attributes: readonly LatentAttribute[];
}

/** A convolutional student, for the generator on screen. */
export interface OpenedStudent {
  readonly kind: 'student';
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly checkpoint: Checkpoint;
  readonly fileBytes: number;
}

export interface ModelSource {
  /** Address of the folder `weights`, with a slash at its end. */
  readonly folder: URL;
  /** Address of the page. */
  readonly page: URL;
  /** Model of the index; its default if left out. */
  readonly id?: string | undefined;
  readonly kept: KeptFiles;
  /** Whether the bundled model is opened in the place of a first model that cannot be. Default true. */
  readonly hasSubstitute?: boolean | undefined;
}

/** What is being done on the way; `totalBytes` is 0 where there is nothing to count. */
export interface FileProgress {
  readonly phase: 'download' | 'check' | 'read';
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FileProgress) => void;
  /** Is given the head of the bundled model's file while the rest is still on its way: nothing in it is checked yet. */
  readonly onHead?: ((head: TensorDirectory) => void) | undefined;
}

/** The address names a file that was once opened here and is not kept. */
export class FileNotKeptError extends WeightsError {
  override readonly code = 'file-not-kept';

  constructor(
    readonly fingerprint: string,
    readonly fileName: string | undefined,
  ) {
    const subject = fileName === undefined ? 'The model file that this address names' : `"${fileName}"`;
    super(
      `${subject} is not kept on this device.`,
      'Open the file again; with "Keep opened files on this device" it comes back by itself.',
    );
  }
}

/** A kept file is no longer what it was. */
export class KeptFileDamagedError extends WeightsError {
  override readonly code = 'kept-file-damaged';

  constructor(name: string) {
    super(`The kept copy of "${name}" is damaged and has been removed.`, 'Open the original file again.');
  }
}

/** A student was opened where a generator is needed first. */
export class StudentAloneError extends WeightsError {
  override readonly code = 'student-alone';

  constructor(name: string) {
    super(
      `"${name}" holds a convolutional student, which cannot make a picture without its generator.`,
      'Open the generator first, then this file.',
    );
  }
}

/** For people. */
export function nameOfRequest(request: ModelRequest): string {
  switch (request.kind) {
    case 'file':
      return request.file.name;
    case 'url':
      return request.address;
    case 'kept':
      return request.name ?? '';
    case 'bundled':
      return '';
  }
}

/** @throws WeightsError, CheckpointError, ModelConfigError; the signal's reason if aborted */
export async function openModel(
  source: ModelSource,
  request: ModelRequest,
  options: OpenOptions,
): Promise<OpenedModel | OpenedStudent> {
  switch (request.kind) {
    case 'bundled':
      return openBundled(source, options);
    case 'file':
      return openBlob(request.file, { name: request.file.name, origin: 'file', like: request.like }, options);
    case 'kept':
      return openKept(source, request, options);
    case 'url': {
      const address = modelAddress(request.address, source.page);
      const blob = await downloadFile(address, {
        signal: options.signal,
        onProgress: (receivedBytes, totalBytes) => options.onProgress({ phase: 'download', receivedBytes, totalBytes }),
      });
      return openBlob(blob, { name: nameInAddress(address), origin: 'url', like: request.like }, options);
    }
  }
}

/** Whether a hash, or its first digits, are the bundled model's: a link names any model by it. */
async function isBundled({ folder, id }: ModelSource, hash: string, { signal }: OpenOptions): Promise<boolean> {
  const { sha256 } = await readModelEntry(folder, { signal, id });
  return sha256.startsWith(hash);
}

async function openBundled(source: ModelSource, options: OpenOptions): Promise<OpenedModel> {
  const { entry, bytes, notKept } = await loadBundled(source, options);
  if (entry.student) await forgetOtherVersions(source.folder, entry.student);
  return {
    ...modelIn(parseSafetensors(bytes)),
    name: entry.name,
    origin: 'bundled',
    fileBytes: bytes.byteLength,
    notKept,
    file: undefined,
    fingerprint: undefined,
    like: undefined,
    sha256: entry.sha256,
    student: entry.student,
    first: entry.first,
  };
}

/**
 * The index and its model's file. Where they do not belong to each other, the index is read once more, past all caches: it may be that of a former
 * version of the page.
 */
async function loadBundled({ folder, id }: ModelSource, { signal, onProgress, onHead }: OpenOptions) {
  const load = async (entry: ModelEntry) => {
    const onBytes = onHead && headListener(entry.bytes, onHead);
    return { entry, ...(await loadWeights(folder, entry, { signal, onProgress, onBytes })) };
  };
  const entry = await readModelEntry(folder, { signal, id });
  try {
    return await load(entry);
  } catch (error) {
    if (!isOtherVersion(error)) throw error;
    const fresh = await readModelEntry(folder, { signal, id, cache: 'reload' });
    if (fresh.sha256 === entry.sha256) throw error;
    return load(fresh);
  }
}

async function openKept(
  source: ModelSource,
  { fingerprint: wanted, name: wantedName }: Extract<ModelRequest, { kind: 'kept' }>,
  options: OpenOptions,
): Promise<OpenedModel | OpenedStudent> {
  const { kept } = source;
  const found = await kept.open(wanted);
  options.signal.throwIfAborted();
  if (!found && (await isBundled(source, wanted, options))) return openBundled(source, options);
  if (!found) throw new FileNotKeptError(wanted, wantedName);
  const { name, fingerprint, like } = found.entry;
  const actual = await fingerprintInWorker(found.file, {
    signal: options.signal,
    onProgress: (receivedBytes, totalBytes) => options.onProgress({ phase: 'check', receivedBytes, totalBytes }),
  });
  if (actual !== fingerprint) {
    await kept.remove(fingerprint);
    throw new KeptFileDamagedError(name);
  }
  const opened = await openBlob(found.file, { name, origin: 'file', like }, options);
  return opened.kind === 'generator' ? { ...opened, fingerprint } : opened;
}

async function openBlob(
  file: Blob,
  { name, origin, like }: Pick<OpenedModel, 'name' | 'origin' | 'like'>,
  { signal, onProgress }: OpenOptions,
): Promise<OpenedModel | OpenedStudent> {
  const checkpoint = await readInWorker(file, {
    like,
    signal,
    onProgress: (receivedBytes, totalBytes) => onProgress({ phase: 'read', receivedBytes, totalBytes }),
  });
  if (isStudentFile(checkpoint)) return { kind: 'student', name, origin, checkpoint, fileBytes: file.size };
  return {
    ...modelIn(checkpoint),
    name,
    origin,
    fileBytes: file.size,
    notKept: undefined,
    file: origin === 'file' ? file : undefined,
    fingerprint: undefined,
    like,
    sha256: undefined,
    student: undefined,
    first: undefined,
  };
}

function modelIn(
  checkpoint: Checkpoint,
): Pick<OpenedModel, 'kind' | 'checkpoint' | 'config' | 'weights' | 'attributes'> {
  const config = readGeneratorConfig(checkpoint);
  const attributes = readAttributes(checkpoint, config.mapping.zDim);
  return { kind: 'generator', checkpoint, config, weights: weightFactsOf(checkpoint), attributes };
}
