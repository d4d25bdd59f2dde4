/**
 * Makes the small generator and its student that the tests open where the bundled pair is not the point.
 *
 *   node scripts/make-small-pair.mjs [OUTPUT_DIR = tests/fixtures/small]
 *
 * Nothing is trained. The weights are StyleGAN2's random initial ones, the same at every run, and a few are set by hand, so that what comes
 * out looks and behaves like a head:
 *
 *  - two noise planes of the backbone hold u^2 + v^2 and v^2; one channel that no style reaches carries each to the planes, where density is
 *    1 - (x^2 + z^2) / a^2 - y^2 / b^2: an ellipsoid with a sharp surface, dented by what the blocks of side 4 and 8 add at random;
 *  - the blocks of side 16 and 32 touch colours only: coarse layers give shape, fine ones colour, as in a trained model;
 *  - the student paints a disc, from a noise plane, in colours that its w' makes;
 *  - channel 31 of the features is 1 - 2 alpha, as in the bundled pair (docs/model-format.md, `alpha_feature`).
 *
 * Planes of 32 x 32, 16 x 16 rays, a picture of 64 x 64. Plain Node, with no import from src/, like make-fixtures.mjs.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const Z = 64;
const W = 64;
const LABEL = 25;
const MAPPING_LAYERS = 2;
const CHANNELS = 32;
const PLANE_SIDE = 32;
const NEURAL_SIDE = 16;
const FEATURES = 32;
const HIDDEN = 64;
/** Wide at the end: of all that the page keeps on a device, the layers at full size are the largest (loading.spec.ts narrows the device). */
const SR_CHANNELS = [16, 40];
/** The channel that carries a noise plane to the picture layer, untouched by w. */
const CARRIER = CHANNELS - 1;
/** Half axes of the ellipsoid in units of half the box: across and deep, high. */
const [A, B] = [0.49, 0.6];
/** Density for each unit inside the ellipsoid: opaque within a few hundredths of the box. */
const STEEPNESS = 80;
/** Samples of w for its average. */
const AVERAGED = 500;
/** Gain of the leaky ReLU. */
const GAIN = Math.SQRT2;

/** Names of dimensions of z, at the places that they have in the bundled model. */
const ATTRIBUTES = [
  [0, 'age', 'young', 'old'],
  [1, 'gender', 'female', 'male'],
  [6, 'face fullness', 'thin', 'full'],
  [7, 'muscle', 'little', 'much'],
  [8, 'smile', 'serious', 'smiling'],
  [9, 'mouth open', 'closed', 'open'],
  [10, 'hair lightness', 'dark', 'light'],
  [11, 'hair warmth', 'cool', 'warm'],
  [12, 'eye colour', 'brown', 'blue'],
  [14, 'beard', 'none', 'full'],
  [30, 'head width', 'narrow', 'wide'],
  [37, 'chin width', 'narrow', 'wide'],
  [44, 'nose width', 'narrow', 'wide'],
  [45, 'nose length', 'short', 'long'],
  [51, 'eye size', 'small', 'large'],
  [58, 'mouth width', 'narrow', 'wide'],
].map(([index, name, minus2, plus2]) => ({ index, name, minus2, plus2 }));

/** Normal numbers from a seed (mulberry32, Box-Muller). */
function normals(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Named tensors, filled as they are made. */
class Weights {
  tensors = new Map();

  constructor(seed) {
    this.normal = normals(seed);
  }

  random(name, shape, scale = 1) {
    return this.filled(name, shape, () => this.normal() * scale);
  }

  /** @param value of the index of an element */
  filled(name, shape, value) {
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => value(index));
    this.tensors.set(name, { shape, values });
    return values;
  }

  dense(name, inFeatures, outFeatures, { bias = 0, scale = 1 } = {}) {
    this.random(`${name}.weight`, [outFeatures, inFeatures], scale);
    this.filled(`${name}.bias`, [outFeatures], () => bias);
  }

  mapping(prefix, zDim, wDim) {
    this.dense(`${prefix}embed`, LABEL, wDim);
    for (let layer = 0; layer < MAPPING_LAYERS; layer++) {
      this.dense(`${prefix}fc${layer}`, layer === 0 ? zDim + wDim : wDim, wDim);
    }
  }

  convolution(name, inChannels, outChannels, side) {
    this.dense(`${name}.affine`, W, inChannels, { bias: 1 });
    this.random(`${name}.weight`, [outChannels, inChannels, 3, 3]);
    this.random(`${name}.bias`, [outChannels], 0.1);
    this.filled(`${name}.noise_const`, [side, side], () => 0);
    this.filled(`${name}.noise_strength`, [], () => 0);
  }

  picture(name, inChannels, outChannels, scale) {
    this.dense(`${name}.affine`, W, inChannels, { bias: 1 });
    this.random(`${name}.weight`, [outChannels, inChannels, 1, 1], scale);
    this.filled(`${name}.bias`, [outChannels], () => 0);
  }

  synthesis(prefix, resolution, imageChannels, scale) {
    this.random(`${prefix}b4.const`, [CHANNELS, 4, 4]);
    for (let side = 4; side <= resolution; side *= 2) {
      if (side > 4) this.convolution(`${prefix}b${side}.conv0`, CHANNELS, CHANNELS, side);
      this.convolution(`${prefix}b${side}.conv1`, CHANNELS, CHANNELS, side);
      this.picture(`${prefix}b${side}.torgb`, CHANNELS, imageChannels, scale);
    }
  }

  superResolution() {
    let [inChannels, side] = [FEATURES, NEURAL_SIDE];
    for (const [index, channels] of SR_CHANNELS.entries()) {
      side *= 2;
      const block = `superresolution.block${index}`;
      this.convolution(`${block}.conv0`, inChannels, channels, side);
      this.convolution(`${block}.conv1`, channels, channels, side);
      this.picture(`${block}.torgb`, channels, 3, 0.06);
      inChannels = channels;
    }
  }

  /**
   * Makes the carrier of a block's last convolution the picture `plane` and no more: nothing comes in but the noise, and the style with which
   * the picture layer reads it is 1. @param plane of u and v in -1..1, never negative
   */
  carry(block, side, plane) {
    const place = (index) => ((index + 0.5) / side) * 2 - 1;
    this.filled(`${block}.conv1.noise_const`, [side, side], (at) =>
      plane(place(at % side), place(Math.floor(at / side))),
    );
    this.filled(`${block}.conv1.noise_strength`, [], () => 1);
    this.values(`${block}.conv1.weight`).fill(0, CARRIER * CHANNELS * 9);
    this.values(`${block}.conv1.bias`)[CARRIER] = 0;
    this.values(`${block}.torgb.affine.weight`).fill(0, CARRIER * W);
  }

  /** How much of the carried plane output `output` of the picture layer gets. */
  readCarrier(block, output, factor) {
    this.values(`${block}.torgb.weight`)[output * CHANNELS + CARRIER] = (factor * Math.sqrt(CHANNELS)) / GAIN;
  }

  values(name) {
    return this.tensors.get(name).values;
  }
}

function makeGenerator() {
  const weights = new Weights(12);
  weights.mapping('backbone.mapping.', Z, W);
  const average = averageW(weights);
  weights.filled('backbone.mapping.w_avg', [W], (at) => average[at]);
  weights.synthesis('backbone.synthesis.', PLANE_SIDE, 3 * FEATURES, 1);
  const block = (side) => `backbone.synthesis.b${side}`;
  // Density is feature 0 of the planes: less varied than colours, and by the coarse blocks alone.
  for (const [side, share] of [
    [4, 0.3],
    [8, 0.3],
    [16, 0],
    [32, 0],
  ]) {
    const rows = weights.values(`${block(side)}.torgb.weight`);
    for (let plane = 0; plane < 3; plane++) {
      const row = plane * FEATURES * CHANNELS;
      for (let at = row; at < row + CHANNELS; at++) rows[at] *= share;
    }
  }
  weights.carry(block(16), 16, (_, v) => v * v);
  weights.carry(block(32), 32, (u, v) => u * u + v * v);
  // The decoder sees the mean of the planes XY, XZ, ZY; each coordinate is in two of them, y always as v.
  const [across, high] = [3 / (2 * A * A), 3 / (2 * B * B)];
  for (let plane = 0; plane < 3; plane++) {
    for (let feature = 0; feature < FEATURES; feature++) {
      const output = plane * FEATURES + feature;
      const isDensity = feature === 0;
      weights.readCarrier(block(32), output, isDensity ? -across : 0);
      weights.readCarrier(block(16), output, isDensity && plane !== 1 ? across - high : 0);
    }
    weights.values(`${block(32)}.torgb.bias`)[plane * FEATURES] = 1;
  }
  decoder(weights);
  weights.superResolution();
  return weights;
}

/** Mean of w, as training would keep it. */
function averageW(weights) {
  const normal = normals(34);
  const sum = new Float64Array(W);
  for (let sample = 0; sample < AVERAGED; sample++) {
    let features = Float64Array.from({ length: Z + W }, (_, index) => (index < Z ? normal() : 0)); // the label is zeroed
    for (let layer = 0; layer < MAPPING_LAYERS; layer++) {
      const matrix = weights.values(`backbone.mapping.fc${layer}.weight`);
      const input = features;
      features = Float64Array.from({ length: W }, (_, row) => {
        const product = input.reduce((total, value, at) => total + value * matrix[row * input.length + at], 0);
        const value = product / Math.sqrt(input.length);
        return (value < 0 ? 0.2 * value : value) * GAIN;
      });
    }
    features.forEach((value, at) => {
      sum[at] += value / AVERAGED;
    });
  }
  return sum;
}

/** Mean features to density and colours; a layer divides its products by the root of its inputs. */
function decoder(weights) {
  // softplus(x) - softplus(-x) = x: the first two hidden values carry density through.
  weights.random('decoder.net.0.weight', [HIDDEN, FEATURES], 2);
  weights.random('decoder.net.0.bias', [HIDDEN]);
  const first = weights.values('decoder.net.0.weight');
  for (let hidden = 0; hidden < HIDDEN; hidden++) {
    for (let feature = 0; feature < FEATURES; feature++) {
      const carriesDensity = hidden < 2;
      if (carriesDensity || feature === 0) first[hidden * FEATURES + feature] = 0;
    }
  }
  first[0] = Math.sqrt(FEATURES);
  first[FEATURES] = -Math.sqrt(FEATURES);
  weights.values('decoder.net.0.bias').fill(0, 0, 2);

  const meanHidden = 1.1;
  weights.random('decoder.net.2.weight', [1 + FEATURES, HIDDEN], 3);
  weights.filled('decoder.net.2.bias', [1 + FEATURES], () => 0);
  const second = weights.values('decoder.net.2.weight');
  const bias = weights.values('decoder.net.2.bias');
  second.fill(0, 0, HIDDEN);
  second[0] = STEEPNESS * Math.sqrt(HIDDEN);
  second[1] = -second[0];
  for (let output = 1; output <= FEATURES; output++) {
    const row = second.subarray(output * HIDDEN, (output + 1) * HIDDEN);
    row.fill(0, 0, 2);
    bias[output] = -row.reduce((sum, value) => sum + (value * meanHidden) / Math.sqrt(HIDDEN), 0);
  }
  // A colour is sigmoid(x) * 1.002 - 0.001: 0 in the feature that tells alpha, over a background of 1.
  second.fill(0, FEATURES * HIDDEN);
  bias[FEATURES] = Math.log(0.001 / 1.001);
}

function makeStudent() {
  const weights = new Weights(56);
  weights.mapping('mapping.', W, W);
  weights.synthesis('synthesis.', NEURAL_SIDE, FEATURES, 0.12);
  const block = `synthesis.b${NEURAL_SIDE}`;
  const smoothStep = (value) => Math.min(1, Math.max(0, value));
  // 1 outside the disc as which the ellipsoid is seen from the front.
  const outside = (u, v) => smoothStep((Math.hypot(u / 0.72, v / 0.88) - 0.9) * 5);
  weights.carry(block, NEURAL_SIDE, outside);
  const inside = [0.1, -0.1, -0.3];
  for (let feature = 0; feature < FEATURES; feature++) {
    const isAlpha = feature === FEATURES - 1;
    const value = isAlpha ? -1 : (inside[feature] ?? 0);
    for (let side = 4; isAlpha && side <= NEURAL_SIDE; side *= 2) {
      weights.values(`synthesis.b${side}.torgb.weight`).fill(0, feature * CHANNELS);
    }
    weights.readCarrier(block, feature, 1 - value);
    weights.values(`${block}.torgb.bias`)[feature] = value;
  }
  weights.superResolution();
  return weights;
}

/** Nearest half float (ties away from zero); what is smaller than the least half is zero. */
function halfBits(value) {
  const sign = value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 2 ** -24)));
  const steps = Math.round(magnitude / 2 ** (exponent - 10)); // a carry moves the exponent
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + (steps - 1024));
}

/** A safetensors file of halves. */
function encode(metadata, { tensors }) {
  const header = { __metadata__: metadata };
  const parts = [];
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const bytes = Buffer.from(Uint16Array.from(values, halfBits).buffer);
    header[name] = { dtype: 'F16', shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

const config = {
  z_dim: Z,
  c_dim: LABEL,
  w_dim: W,
  mapping_layers: MAPPING_LAYERS,
  mapping_lr_mul: 1,
  channel_base: CHANNELS * PLANE_SIDE,
  channel_max: CHANNELS,
  conv_clamp: 256,
  plane_axes: 'xyz',
  box_warp: 0.9,
  ray_start: 'auto',
  ray_end: 'auto',
  depth_resolution: 16,
  depth_resolution_importance: 16,
  disparity_space_sampling: false,
  clamp_mode: 'softplus',
  white_back: true,
  decoder_lr_mul: 1,
  neural_rendering_resolution: NEURAL_SIDE,
  sr_input_resolution: NEURAL_SIDE,
  sr_channels: SR_CHANNELS,
  sr_upsample: [true, true],
  sr_antialias: true,
  sr_conv_clamp: null,
  superresolution_noise_mode: 'none',
  img_resolution: 4 * NEURAL_SIDE,
  c_gen_conditioning_zero: true,
  c_scale: 1,
  alpha_feature: FEATURES - 1,
};
const student = {
  mapping_layers: MAPPING_LAYERS,
  mapping_lr_mul: 1,
  channel_base: CHANNELS * NEURAL_SIDE,
  channel_max: CHANNELS,
};
const trainedViews = { pitch: [-30, 40], radius: [2.7, 2.7] };

const [outputDir = 'tests/fixtures/small'] = process.argv.slice(2);
mkdirSync(outputDir, { recursive: true });

/** Writes a file, and tells the index what it is. */
function publish(file, bytes) {
  writeFileSync(join(outputDir, file), bytes);
  console.log(`${join(outputDir, file)}: ${(bytes.length / 1e6).toFixed(2)} MB`);
  return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const generatorEntry = publish(
  'small-eg3d.safetensors',
  encode(
    { format: 'eg3d-generator', config: JSON.stringify(config), attributes: JSON.stringify(ATTRIBUTES) },
    makeGenerator(),
  ),
);
const studentEntry = publish(
  'small-student.safetensors',
  encode(
    {
      format: 'eg3d-student',
      config: JSON.stringify({ ...config, student }),
      teacher_sha256: generatorEntry.sha256,
      trained_views: JSON.stringify(trainedViews),
    },
    makeStudent(),
  ),
);
const index = {
  models: [
    {
      id: 'small-eg3d',
      name: 'Small',
      ...generatorEntry,
      licence: 'CC0-1.0',
      student: { ...studentEntry, licence: 'CC0-1.0', trained_views: trainedViews },
    },
  ],
  default: 'small-eg3d',
};
writeFileSync(join(outputDir, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
