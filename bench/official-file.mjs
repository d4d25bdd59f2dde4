/**
 * Makes a file of full size in the official layout, with random weights: the networks G, D and G_ema of ffhq512-128 (30.7 million
 * parameters in G, 360 MB in all), pickled as the official training loop does. For benchmarks and end-to-end tests; nothing of it is a
 * picture of anybody.
 *
 *   node bench/official-file.mjs OUT.pkl [--small]     --small: 64 times fewer channels, 7.5 MB
 */
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PickleStream } from './pickle-stream.mjs';

const POOL_FLOATS = 1 << 20;
const SOURCE_TEXT = '# The source text of the class would stand here; readers must not look at it.\n'.repeat(700);
const FULL = { base: 32768, max: 512, superResolution: [256, 128], wDim: 512 };
const SMALL = { base: 512, max: 8, superResolution: [16, 8], wDim: 64 };

/** @param {string} path @param {typeof FULL} sizes */
export function writeOfficialFile(path, sizes = FULL) {
  const pickle = new PickleStream(path);
  const random = randomPieces();
  const write = modulesOn(pickle, random);
  pickle.dict([
    ['training_set_kwargs', () => pickle.easyDict([['class_name', 'training.dataset.ImageFolderDataset']])],
    ['G', () => generator(write, sizes)],
    ['D', () => discriminator(write, sizes)],
    ['G_ema', () => generator(write, sizes)],
    ['augment_pipe', null],
  ]);
  pickle.end();
}

/** Pieces of one pool of normal-like numbers; each tensor starts somewhere else in it. */
function randomPieces() {
  const pool = new Float32Array(POOL_FLOATS);
  let state = 1;
  for (let i = 0; i < pool.length; i++) {
    let sum = 0;
    for (let draw = 0; draw < 4; draw++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32 - 0.5;
    }
    pool[i] = sum * Math.sqrt(3);
  }
  const bytes = Buffer.from(pool.buffer);
  let start = 0;
  return function* (floats) {
    for (let left = floats; left > 0; ) {
      const count = Math.min(left, POOL_FLOATS - start);
      yield bytes.subarray(4 * start, 4 * (start + count));
      left -= count;
      start = (start + count) % POOL_FLOATS;
    }
    start = (start + 7919) % POOL_FLOATS;
  };
}

/** Writers of torch modules: `persistent` for the official classes, `plain` for all others. */
function modulesOn(pickle, random) {
  const state = ({ parameters = {}, buffers = {}, modules = {}, attributes = {} }) => [
    ['training', false],
    [
      '_parameters',
      () =>
        pickle.orderedDict(
          Object.entries(parameters).map(([name, shape]) => [name, () => pickle.parameter(shape, random)]),
        ),
    ],
    [
      '_buffers',
      () =>
        pickle.orderedDict(Object.entries(buffers).map(([name, shape]) => [name, () => pickle.tensor(shape, random)])),
    ],
    ['_non_persistent_buffers_set', () => pickle.emptySet()],
    ...['_backward_hooks', '_forward_hooks', '_forward_pre_hooks', '_state_dict_hooks'].map((name) => [
      name,
      () => pickle.orderedDict([]),
    ]),
    ['_modules', () => pickle.orderedDict(Object.entries(modules))],
    ...Object.entries(attributes),
  ];
  return {
    pickle,
    persistent: (className, parts) => () =>
      pickle.call(
        () => pickle.global('torch_utils.persistence', '_reconstruct_persistent_obj'),
        () =>
          pickle.dict([
            ['type', 'class'],
            ['version', 6],
            ['module_src', SOURCE_TEXT],
            ['class_name', className],
            ['state', () => pickle.dict(state(parts))],
          ]),
      ),
    plain: (module, className, parts) => () => pickle.object(module, className, state(parts)),
  };
}

function generator(write, { base, max, superResolution, wDim }) {
  const channels = (side) => Math.min(Math.floor(base / side), max);
  const blocks = {};
  let inputs = 0;
  for (let side = 4; side <= 256; side *= 2) {
    blocks[`b${side}`] = block(write, { side, inputs, outputs: channels(side), image: 96, wDim, clamp: null });
    inputs = channels(side);
  }
  const rendering = {
    image_resolution: 512,
    disparity_space_sampling: false,
    clamp_mode: 'softplus',
    superresolution_module: 'training.superresolution.SuperresolutionHybrid8XDC',
    c_gen_conditioning_zero: false,
    c_scale: 1,
    superresolution_noise_mode: 'none',
    decoder_lr_mul: 1,
    sr_antialias: true,
    depth_resolution: 48,
    depth_resolution_importance: 48,
    ray_start: 2.25,
    ray_end: 3.3,
    box_warp: 1,
    avg_camera_radius: 2.7,
    avg_camera_pivot: [0, 0, 0.2],
  };
  const [first, second] = superResolution;
  const mapping = write.persistent('MappingNetwork', {
    buffers: { w_avg: [wDim] },
    modules: {
      embed: dense(write, 25, wDim, 1),
      fc0: dense(write, 512 + wDim, wDim, 0.01),
      fc1: dense(write, wDim, wDim, 0.01),
    },
    attributes: { num_layers: 2, z_dim: 512, c_dim: 25, w_dim: wDim, num_ws: 14 },
  });
  write.persistent('TriPlaneGenerator', {
    modules: {
      renderer: write.plain('training.volumetric_rendering.renderer', 'ImportanceRenderer', {}),
      ray_sampler: write.plain('training.volumetric_rendering.ray_sampler', 'RaySampler', {}),
      backbone: write.persistent('Generator', {
        modules: {
          synthesis: write.persistent('SynthesisNetwork', { modules: blocks, attributes: { img_resolution: 256 } }),
          mapping,
        },
      }),
      superresolution: write.persistent('SuperresolutionHybrid8XDC', {
        modules: {
          block0: block(write, { side: 256, inputs: 32, outputs: first, image: 3, wDim, clamp: 256 }),
          block1: block(write, { side: 512, inputs: first, outputs: second, image: 3, wDim, clamp: 256 }),
        },
        attributes: { input_resolution: 128, sr_antialias: true },
      }),
      decoder: write.plain('training.triplane', 'OSGDecoder', {
        modules: {
          net: write.plain('torch.nn.modules.container', 'Sequential', {
            modules: {
              0: dense(write, 32, 64, 1),
              1: write.plain('torch.nn.modules.activation', 'Softplus', {}),
              2: dense(write, 64, 33, 1),
            },
          }),
        },
      }),
    },
    attributes: {
      z_dim: 512,
      c_dim: 25,
      w_dim: wDim,
      img_resolution: 512,
      img_channels: 3,
      neural_rendering_resolution: 128,
      rendering_kwargs: () => write.pickle.dict(Object.entries(rendering)),
    },
  })();
}

function block(write, { side, inputs, outputs, image, wDim, clamp }) {
  const layer = (from, up) =>
    write.persistent('SynthesisLayer', {
      parameters: { weight: [outputs, from, 3, 3], noise_strength: [], bias: [outputs] },
      buffers: { resample_filter: [4, 4], noise_const: [side, side] },
      modules: { affine: dense(write, wDim, from, 1) },
      attributes: { up, conv_clamp: clamp, activation: 'lrelu', use_noise: true },
    });
  const torgb = write.persistent('ToRGBLayer', {
    parameters: { weight: [image, outputs, 1, 1], bias: [image] },
    modules: { affine: dense(write, wDim, outputs, 1) },
    attributes: { conv_clamp: clamp },
  });
  return write.persistent('SynthesisBlock', {
    parameters: inputs === 0 ? { const: [outputs, side, side] } : {},
    buffers: { resample_filter: [4, 4] },
    modules: { ...(inputs > 0 && { conv0: layer(inputs, 2) }), conv1: layer(outputs, 1), torgb },
    attributes: { architecture: 'skip', resolution: side },
  });
}

function dense(write, inputs, outputs, learningRate) {
  return write.persistent('FullyConnectedLayer', {
    parameters: { weight: [outputs, inputs], bias: [outputs] },
    attributes: { in_features: inputs, out_features: outputs, bias_gain: learningRate },
  });
}

function discriminator(write, { base, max, wDim }) {
  const channels = (side) => Math.min(Math.floor(base / side), max);
  const conv = (inputs, outputs, kernel) =>
    write.persistent('Conv2dLayer', {
      parameters: { weight: [outputs, inputs, kernel, kernel], ...(kernel === 3 && { bias: [outputs] }) },
    });
  const modules = {};
  for (let side = 512; side > 4; side /= 2) {
    const [inputs, outputs] = [channels(side), channels(side / 2)];
    modules[`b${side}`] = write.persistent('DiscriminatorBlock', {
      modules: {
        ...(side === 512 && { fromrgb: conv(6, inputs, 1) }),
        conv0: conv(inputs, inputs, 3),
        conv1: conv(inputs, outputs, 3),
        skip: conv(inputs, outputs, 1),
      },
    });
  }
  modules.b4 = write.persistent('DiscriminatorEpilogue', {
    modules: {
      conv: conv(channels(4) + 1, channels(4), 3),
      fc: dense(write, 16 * channels(4), channels(4), 1),
      out: dense(write, channels(4), wDim, 1),
    },
  });
  write.persistent('DualDiscriminator', { modules })();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, option] = process.argv.slice(2);
  if (!path) {
    console.error('usage: node bench/official-file.mjs OUT.pkl [--small]');
    process.exit(2);
  }
  writeOfficialFile(path, option === '--small' ? SMALL : FULL);
  console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}
