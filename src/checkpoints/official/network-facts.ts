/**
 * The configuration of a pickled network (TriPlaneGenerator of the official code), read from its objects' attributes: what the constructor
 * was told, and what its layers made of it. The result has the fields of docs/model-format.md. Whatever this project cannot run is refused
 * by its name, here and not in the middle of a picture.
 */
import { UnsupportedModelError } from '../errors';
import { booleanOf, entriesOf, entryOf, itemsOf, numberOf, numbersOf } from '../pickle/plain';
import { describeValue, type PickleValue } from '../pickle/values';
import type { OfficialModule } from './modules';
import { OFFICIAL_SUPER_RESOLUTION } from './super-resolution';
import type { LayoutFields } from './weight-facts';

const NUMBERS = [
  'box_warp',
  'depth_resolution',
  'depth_resolution_importance',
  'decoder_lr_mul',
  'c_scale',
  'avg_camera_radius',
  'camera_focal', // of networks that Trifold has handed over (interop/pytorch)
];
const BOOLEANS = ['disparity_space_sampling', 'white_back', 'sr_antialias', 'c_gen_conditioning_zero'];
const TEXTS = ['clamp_mode', 'superresolution_noise_mode'];
const FIR = [1, 3, 3, 1];

/** @throws UnsupportedModelError that names the class or attribute */
export function factsOfNetwork(network: OfficialModule): LayoutFields {
  const part = (path: string): OfficialModule => {
    const found = network.child(path);
    if (found) return found;
    throw unsupported(network.className, `The file holds a ${network.className}, which has no ${path}`);
  };
  const synthesis = part('backbone.synthesis');
  const superResolution = part('superresolution');
  refuseStyleGan3(synthesis);
  refuseOtherClass(part('renderer'), 'ImportanceRenderer');
  refuseOtherClass(part('decoder'), 'OSGDecoder');
  for (const [path, module] of [...synthesis.walk(), ...superResolution.walk()]) refuseOtherLayers(path, module);
  const rendering = entriesOf(network.attribute('rendering_kwargs'));
  if (!rendering) throw unsupported('rendering_kwargs', 'The network has no rendering options (rendering_kwargs)');
  return withoutUndefined({
    ...renderingFields(rendering),
    ...superResolutionFields(superResolution),
    img_resolution: numberOf(network.attribute('img_resolution')),
    neural_rendering_resolution: numberOf(network.attribute('neural_rendering_resolution')) ?? 64,
    conv_clamp: commonClamp(synthesis),
    sr_conv_clamp: commonClamp(superResolution),
    mapping_lr_mul: learningRate(network, 'backbone.mapping.fc0'),
    decoder_lr_mul: learningRate(network, 'decoder.net.0') ?? numberOf(rendering.get('decoder_lr_mul')),
  });
}

function renderingFields(
  rendering: ReadonlyMap<PickleValue, PickleValue>,
): Record<string, LayoutFields[string] | undefined> {
  const fields: Record<string, LayoutFields[string] | undefined> = {};
  for (const name of NUMBERS) fields[name] = option(rendering, name, numberOf, 'a number');
  for (const name of BOOLEANS) fields[name] = option(rendering, name, booleanOf, 'True or False');
  for (const name of TEXTS) fields[name] = option(rendering, name, textOf, 'a text');
  for (const name of ['ray_start', 'ray_end']) {
    const limit = (value: PickleValue) => (value === 'auto' ? value : numberOf(value));
    fields[name] = option(rendering, name, limit, 'a number or "auto"');
  }
  fields.avg_camera_pivot = option(rendering, 'avg_camera_pivot', numbersOf, 'three numbers');
  return fields;
}

/** An option that is there must be understood. */
function option<T>(
  rendering: ReadonlyMap<PickleValue, PickleValue>,
  name: string,
  read: (value: PickleValue) => T | undefined,
  expected: string,
): T | undefined {
  const value = rendering.get(name);
  if (value === undefined || value === null) return undefined;
  const understood = read(value);
  if (understood !== undefined) return understood;
  throw unsupported(name, `The rendering option ${name} is ${describeValue(value)}, expected ${expected}`);
}

function textOf(value: PickleValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of interop/pytorch: the official blocks in other sizes. */
const OWN_SUPER_RESOLUTION = 'TrifoldSuperResolution';

function superResolutionFields(module: OfficialModule): LayoutFields {
  const { className } = module;
  if (className === OWN_SUPER_RESOLUTION) return ownSuperResolutionFields(module);
  const known = Object.hasOwn(OFFICIAL_SUPER_RESOLUTION, className) ? OFFICIAL_SUPER_RESOLUTION[className] : undefined;
  if (!known) {
    const names = Object.keys(OFFICIAL_SUPER_RESOLUTION).join(', ');
    throw unsupported(className, `The super-resolution ${className} is not supported; known are ${names}`);
  }
  return {
    sr_module: className,
    sr_input_resolution: numberOf(module.attribute('input_resolution')) ?? known.inputResolution,
    sr_upsample: known.upsample,
    sr_resize: known.resize,
    ...withoutUndefined({ sr_antialias: booleanOf(module.attribute('sr_antialias')) }),
  };
}

function ownSuperResolutionFields(module: OfficialModule): LayoutFields {
  const upsample = itemsOf(module.attribute('upsample'))?.map(booleanOf);
  return withoutUndefined({
    sr_module: OWN_SUPER_RESOLUTION,
    sr_input_resolution: numberOf(module.attribute('input_resolution')),
    sr_upsample: upsample?.map((doubles) => doubles ?? null),
    sr_resize: textOf(module.attribute('resize') ?? null),
    sr_antialias: booleanOf(module.attribute('sr_antialias')),
  });
}

function refuseStyleGan3(synthesis: OfficialModule): void {
  const input = synthesis.child('input');
  if (!input) return;
  throw unsupported(
    'StyleGAN3',
    `The backbone is a StyleGAN3 network (it has a ${input.className}), only StyleGAN2 is supported`,
  );
}

function refuseOtherClass(module: OfficialModule, expected: string): void {
  if (module.className === expected) return;
  throw unsupported(module.className, `The class ${module.className} is not supported; known is ${expected}`);
}

/** Options of StyleGAN2 layers that no published model uses. */
function refuseOtherLayers(path: string, module: OfficialModule): void {
  const expectations: [attribute: string, expected: PickleValue][] = [['architecture', 'skip']];
  if (module.className === 'SynthesisLayer') expectations.push(['activation', 'lrelu'], ['use_noise', true]);
  for (const [attribute, expected] of expectations) {
    const value = module.attribute(attribute);
    if (value !== undefined && value !== expected) {
      throw unsupported(attribute, `Layer ${path} has ${attribute} = ${describeValue(value)}; known is ${expected}`);
    }
  }
  const filter = numbersOf(entryOf(module.attribute('_init_kwargs'), 'resample_filter'));
  if (filter && filter.join() !== FIR.join()) {
    throw unsupported('resample_filter', `Layer ${path} resamples with [${filter}]; known is [${FIR}]`);
  }
}

/** The clamp of all layers; null for none. */
function commonClamp(network: OfficialModule): number | null {
  const clamps = new Set<number | null>();
  for (const [, module] of network.walk()) {
    const value = module.attribute('conv_clamp');
    if (value !== undefined) clamps.add(numberOf(value) ?? null);
  }
  if (clamps.size <= 1) return [...clamps][0] ?? null;
  throw unsupported('conv_clamp', `Layers clamp at different magnitudes: ${[...clamps].join(', ')}`);
}

/** A dense layer's gain on its bias is its learning-rate multiplier. */
function learningRate(network: OfficialModule, path: string): number | undefined {
  return numberOf(network.child(path)?.attribute('bias_gain'));
}

/** Python's attributes that are not there take the defaults of the layout. */
function withoutUndefined(fields: Record<string, LayoutFields[string] | undefined>): LayoutFields {
  const present: LayoutFields = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) present[name] = value;
  return present;
}

function unsupported(value: string, problem: string): UnsupportedModelError {
  return new UnsupportedModelError(`${problem}.`, {
    value,
    remedy: 'Open a model of the official EG3D layout with a StyleGAN2 backbone.',
  });
}
