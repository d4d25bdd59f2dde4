/**
 * Networks as the official training pickles them. Each is a torch module: a class name, parameters, buffers, inner modules, and plain
 * attributes. Classes of the EG3D and StyleGAN sources are written as calls of `torch_utils.persistence._reconstruct_persistent_obj` with
 * one dict {type, version, module_src, class_name, state}; all others as plain objects with a state. `module_src`, the source text of the
 * class, is never looked at.
 */
import { UnsupportedModelError } from '../errors';
import { classOf, entriesOf, itemsOf } from '../pickle/plain';
import { describeValue, PickleObject, type PickleValue } from '../pickle/values';
import { isTensor } from '../torch/tensors';

const PERSISTENT = /(^|\.)_reconstruct_persistent_obj$/;
const DEEPEST = 24;
const MOST_MODULES = 10_000;

/** One module; its attributes are those of the Python object. */
export class OfficialModule {
  private constructor(
    /** Such as "SynthesisBlock", without its module. */
    readonly className: string,
    private readonly state: ReadonlyMap<PickleValue, PickleValue>,
  ) {}

  /** undefined if the value is no module. */
  static of(value: PickleValue | undefined): OfficialModule | undefined {
    if (!(value instanceof PickleObject)) return undefined;
    if (PERSISTENT.test(value.qualifiedName)) {
      const record = entriesOf(value.args[0]);
      const className = record?.get('class_name');
      const state = stateOf(record?.get('state'));
      return typeof className === 'string' && state ? new OfficialModule(className, state) : undefined;
    }
    const state = stateOf(value.state);
    return state?.has('_modules') ? new OfficialModule(lastPart(classOf(value)), state) : undefined;
  }

  attribute(name: string): PickleValue | undefined {
    return this.state.get(name);
  }

  /** An inner module by a dotted path such as "synthesis.b4.conv1"; undefined if there is none. */
  child(path: string): OfficialModule | undefined {
    return path
      .split('.')
      .reduce<OfficialModule | undefined>(
        (module, name) => OfficialModule.of(entriesOf(module?.state.get('_modules'))?.get(name)),
        this,
      );
  }

  /** Inner modules with their names, in order. */
  children(): [name: string, module: OfficialModule][] {
    const found: [string, OfficialModule][] = [];
    for (const [name, value] of entriesOf(this.state.get('_modules')) ?? []) {
      const module = OfficialModule.of(value);
      if (typeof name === 'string' && module) found.push([name, module]);
    }
    return found;
  }

  /** This module and all inside it, with their paths ('' for itself), outer ones first. @throws UnsupportedModelError */
  walk(): [path: string, module: OfficialModule][] {
    const found: [string, OfficialModule][] = [['', this]];
    for (let next = 0; next < found.length; next++) {
      const [path, module] = found[next]!;
      for (const [name, inner] of module.children()) found.push([path === '' ? name : `${path}.${name}`, inner]);
      if (found.length > MOST_MODULES || path.split('.').length > DEEPEST) {
        throw new UnsupportedModelError('The network nests too many modules.', {
          value: found.length,
          limit: MOST_MODULES,
          remedy: 'The file is damaged or was made to do harm.',
        });
      }
    }
    return found;
  }

  /** Parameters and persistent buffers under their state-dict names. */
  tensors(): Map<string, PickleValue> {
    const tensors = new Map<string, PickleValue>();
    for (const [path, module] of this.walk()) {
      const prefix = path === '' ? '' : `${path}.`;
      const transient = new Set(itemsOf(module.attribute('_non_persistent_buffers_set')));
      for (const [name, value] of [
        ...(entriesOf(module.attribute('_parameters')) ?? []),
        ...(entriesOf(module.attribute('_buffers')) ?? []),
      ]) {
        if (value !== null && typeof name === 'string' && !transient.has(name)) tensors.set(`${prefix}${name}`, value);
      }
    }
    return tensors;
  }
}

/** The dict of an object's attributes; Python may also write it as (dict, slots). */
function stateOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  return entriesOf(value) ?? entriesOf(itemsOf(value)?.[0]);
}

function lastPart(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);
}

/** What a file turned out to hold. */
export type FoundNetwork =
  | { readonly kind: 'module'; readonly path: string; readonly module: OfficialModule }
  | { readonly kind: 'tensors'; readonly path: string; readonly tensors: ReadonlyMap<string, PickleValue> };

/** Names under which training scripts keep the generator, best first: the moving average before the network itself. */
const GENERATOR_KEYS = ['G_ema', 'g_ema', 'ema', 'generator_ema', 'G', 'g', 'generator', 'model', 'state_dict', 'net'];

/**
 * Finds the generator in what a file holds: a network or its state dict, alone or under one of the usual keys, at most two dicts deep.
 * @throws UnsupportedModelError that names what is there instead
 */
export function findNetwork(root: PickleValue): FoundNetwork {
  const candidates: [path: string, value: PickleValue][] = [['', root]];
  const seen = new Set<PickleValue>();
  for (const [path, value] of candidates) {
    if (seen.has(value)) continue;
    seen.add(value);
    const module = OfficialModule.of(value);
    if (module) return { kind: 'module', path, module };
    const entries = entriesOf(value);
    if (!entries) continue;
    const tensors = new Map<string, PickleValue>();
    for (const [name, entry] of entries) if (typeof name === 'string' && isTensor(entry)) tensors.set(name, entry);
    // A state dict's names are paths; a lone tensor in a dict of other things is none.
    if ([...tensors.keys()].some((name) => name.includes('.'))) return { kind: 'tensors', path, tensors };
    if (path.split('.').length > 2) continue;
    for (const key of GENERATOR_KEYS) {
      const entry = entries.get(key);
      if (entry !== undefined && entry !== null) candidates.push([path === '' ? key : `${path}.${key}`, entry]);
    }
  }
  throw new UnsupportedModelError(`The file holds ${describeValue(root)}${keysOf(root)}, and no generator.`, {
    value: describeValue(root),
    remedy: `Open a file with a network or its state dict, alone or in a dict under ${GENERATOR_KEYS.slice(0, 2).join(' or ')}.`,
  });
}

function keysOf(root: PickleValue): string {
  const keys = [...(entriesOf(root)?.keys() ?? [])].filter((key) => typeof key === 'string').slice(0, 6);
  return keys.length > 0 ? ` with the entries ${JSON.stringify(keys).slice(1, -1).slice(0, 200)}` : '';
}
