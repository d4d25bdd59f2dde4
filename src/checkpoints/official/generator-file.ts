/**
 * A generator in a torch or pickle file: which of the file's objects it is, the tensors it needs under their official names, and its
 * configuration as metadata in our own layout (docs/model-format.md), so that the rest of the program sees no difference to a safetensors
 * file.
 */
import type { ByteSource } from '../byte-source';
import { bytesToFloats } from '../dtypes';
import { UnsupportedModelError } from '../errors';
import { entryOf } from '../pickle/plain';
import type { PickleValue } from '../pickle/values';
import type { ReferenceLocator } from '../torch/references';
import { StorageTable } from '../torch/storages';
import { TensorBlock } from '../torch/tensor-block';
import { type TorchTensor, tensorOf } from '../torch/tensors';
import { KNOWN_CONFIGURATIONS, type KnownConfiguration, likelyFocal, requireFacts } from './known-configurations';
import { type FoundNetwork, findNetwork, type OfficialModule } from './modules';
import { factsOfNetwork } from './network-facts';
import { PUBLISHED_PLANE_AXES, planeAxesOf } from './plane-axes';
import { factsOfWeights, type LayoutFields, type ShapeOf, superResolutionOfWeights } from './weight-facts';

/** What the caller knows about a model whose file does not say it. */
export interface GivenFacts {
  /** The official configuration that it was trained with. */
  readonly like?: KnownConfiguration | undefined;
  /** Fields of docs/model-format.md; they win over `like`, the file wins over both. */
  readonly facts?: LayoutFields | undefined;
}

export interface GeneratorFile {
  readonly block: TensorBlock;
  readonly metadata: Record<string, string>;
}

/** An unpickled file. */
export interface UnpickledFile {
  readonly value: PickleValue;
  /** Where the pickle's byte strings are. */
  readonly pickle: ByteSource;
  readonly locate?: ReferenceLocator | undefined;
}

const ANCHOR = 'backbone.synthesis.b4.conv1.weight';

/**
 * Finds the generator and locates its tensors; no other network's storages are looked at.
 * @throws UnsupportedModelError, MissingFactsError, CheckpointTensorError and other CheckpointErrors
 */
export async function openGenerator(file: UnpickledFile, given: GivenFacts): Promise<GeneratorFile> {
  const found = findNetwork(file.value);
  const storages = new StorageTable(file.pickle, file.locate);
  const block = await TensorBlock.locate(tensorsOf(found), storages);
  const infos = block.infos();
  const shapeOf: ShapeOf = (name) => infos.get(name)?.shape;
  const fromFile = await factsOfFile(file, found, shapeOf, storages);
  const fields: LayoutFields = {
    plane_axes: PUBLISHED_PLANE_AXES,
    ...(given.like && KNOWN_CONFIGURATIONS[given.like]),
    ...given.facts,
    ...factsOfWeights(shapeOf),
    ...fromFile,
  };
  requireFacts(fields, found.kind === 'tensors');
  const { avg_camera_radius: radius, box_warp: boxWarp } = fields;
  if (typeof radius === 'number' && typeof boxWarp === 'number') {
    fields.camera_focal ??= likelyFocal(radius, boxWarp);
  }
  return {
    block,
    metadata: {
      format: 'eg3d-generator',
      config: JSON.stringify(fields),
      source: JSON.stringify({
        network: found.path,
        class: found.kind === 'module' ? found.module.className : 'state dict',
      }),
    },
  };
}

/** What the file says beside its weights. */
async function factsOfFile(
  file: UnpickledFile,
  found: FoundNetwork,
  shapeOf: ShapeOf,
  storages: StorageTable,
): Promise<LayoutFields> {
  if (found.kind === 'module') {
    return { ...factsOfNetwork(found.module), ...(await axesOfNetwork(found.module, storages)) };
  }
  return ownConfiguration(file.value) ?? superResolutionOfWeights(shapeOf);
}

/** State dicts that Trifold itself has written have their configuration beside them (training/export/export-pth.ts). */
function ownConfiguration(root: PickleValue): LayoutFields | undefined {
  const text = entryOf(root, 'config');
  if (typeof text !== 'string') return undefined;
  try {
    const { generator } = Object(JSON.parse(text)) as Record<string, unknown>;
    return typeof generator === 'object' && generator !== null ? (generator as LayoutFields) : undefined;
  } catch {
    return undefined; // a text of somebody else's
  }
}

function tensorsOf(found: FoundNetwork): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  if (found.kind === 'module') {
    if (!found.module.child('backbone')) throw noGenerator(`a ${found.module.className}`);
    for (const [name, value] of found.module.tensors()) tensors.set(name, tensorOf(name, value));
    return tensors;
  }
  const prefixes = [...found.tensors.keys()]
    .filter((name) => name.endsWith(ANCHOR))
    .map((name) => name.slice(0, -ANCHOR.length));
  const prefix = prefixes.find((name) => /ema/i.test(name)) ?? prefixes[0];
  if (prefix === undefined) throw noGenerator(`${found.tensors.size} tensors, none called "${ANCHOR}"`);
  for (const [name, value] of found.tensors) {
    if (name.startsWith(prefix)) tensors.set(name.slice(prefix.length), tensorOf(name, value));
  }
  return tensors;
}

function noGenerator(what: string): UnsupportedModelError {
  return new UnsupportedModelError(`The file holds ${what}, and no tri-plane generator.`, {
    value: what,
    limit: 'TriPlaneGenerator',
    remedy: 'Open a model of the official EG3D layout.',
  });
}

/** The planes' axes are a plain attribute, a tensor beside the weights. */
async function axesOfNetwork(network: OfficialModule, storages: StorageTable): Promise<LayoutFields> {
  const value = network.child('renderer')?.attribute('plane_axes');
  if (value === undefined || value === null) return {};
  const name = 'renderer.plane_axes';
  const block = await TensorBlock.locate(new Map([[name, tensorOf(name, value)]]), storages);
  const { dtype } = block.infos().get(name)!;
  return { plane_axes: planeAxesOf(bytesToFloats(await block.bytesOf(name), dtype)) };
}
