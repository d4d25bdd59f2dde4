/**
 * Cuts the test fixtures out of the reference vectors.
 *
 *   node scripts/make-fixtures.mjs REFERENCE_DIR MODELS_DIR [OUTPUT_DIR = tests/fixtures]
 *
 * The reference vectors are numbers that the official EG3D implementation gives (REFERENCE_DIR/README.md lists them);
 * MODELS_DIR holds the bundled models and `expected.safetensors`, the pictures they must give. This script keeps
 * what the forward tests need and nothing else, so that a clone carries few megabytes:
 *
 *  - gradients and cotangents (`*.grad.*`, `*.cot.*`) go to files of their own, which forward tests do not load: `ops-gradients` and so on;
 *  - `resample_filter` buffers go: they are always the outer product of [1, 3, 3, 1] / 8 with itself;
 *  - where a whole picture `X.out.rgb` is kept, its strided copy, its crops and its statistics go;
 *  - `synthesis: const.out.img_0` becomes `const.out.img_0_every_third_channel` = [:, ::3] (the other outputs of that
 *    file hold all 96 channels at every third pixel);
 *  - `generator_small_nosrc.pkl`, an official pickle without its source text, is copied as it is;
 *  - `expected: image` and `student.image` are stored as F16 (the loss is measured, and must stay above 80 dB).
 *
 * Plain Node on purpose, with no import from src/: a fixture must not depend on the code that it tests.
 * File format: https://github.com/huggingface/safetensors (u64 little-endian header length, JSON, raw data).
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const REFERENCE_FILES = ['ops', 'mapping', 'synthesis', 'rays', 'render', 'sr', 'generator_tiny', 'stylegan3'];
/** Files whose gradients are tested, each beside its forward fixture in `FILE-gradients`. */
const WITH_GRADIENTS = ['ops', 'mapping', 'stylegan3', 'render'];
const WHOLE_PICTURE_MAKES_REDUNDANT = ['rgb_strided', 'rgb_crop_tl', 'rgb_crop_br', 'rgb_crop_mid', 'rgb_stats'];
const ELEMENT_BYTES = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
const LOWEST_F16_PSNR = 80;

/** @typedef {{ dtype: string, shape: number[], bytes: Uint8Array }} Tensor */

/** @returns {{ metadata: Record<string, string>, tensors: Map<string, Tensor> }} */
function readTensors(path) {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    const [begin, end] = offsets.map((offset) => 8 + headerLength + offset);
    tensors.set(name, { dtype, shape, bytes: file.subarray(begin, end) });
  }
  return { metadata, tensors };
}

/** Wide types first, so that every tensor starts at a multiple of its element size. */
function writeTensors(path, metadata, tensors) {
  const ordered = [...tensors].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]);
  const header = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(path, Buffer.concat([length, padded, ...ordered.map(([, tensor]) => tensor.bytes)]));
  console.log(`${path}: ${ordered.length} tensors, ${((16 + padded.length + offset) / 1e6).toFixed(2)} MB`);
}

const isGradient = (name) => /\.(grad|cot)\./.test(name);

function isNeeded(name, tensors) {
  if (isGradient(name) || name.endsWith('resample_filter')) return false;
  const cut = name.lastIndexOf('.');
  const isCopyOfPicture = WHOLE_PICTURE_MAKES_REDUNDANT.includes(name.slice(cut + 1));
  return !(isCopyOfPicture && tensors.has(`${name.slice(0, cut)}.rgb`));
}

/** tensor[:, ::step] of an NCHW tensor. @param {Tensor} tensor @returns {Tensor} */
function everyNthChannel(tensor, step) {
  const [batch, channels, ...rest] = tensor.shape;
  const channelBytes = tensor.bytes.length / batch / channels;
  const kept = [];
  for (let sample = 0; sample < batch; sample++) {
    for (let channel = 0; channel < channels; channel += step) {
      const begin = (sample * channels + channel) * channelBytes;
      kept.push(tensor.bytes.subarray(begin, begin + channelBytes));
    }
  }
  return { dtype: tensor.dtype, shape: [batch, Math.ceil(channels / step), ...rest], bytes: Buffer.concat(kept) };
}

/** Nearest half float (ties to even) of a finite number of magnitude below 65504: enough for pictures. */
function toHalfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 2 ** -24)));
  const steps = magnitude / 2 ** (exponent - 10);
  const below = Math.floor(steps);
  const roundUp = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1);
  const mantissa = below + (roundUp ? 1 : 0); // 1024..2048 if normal, less if subnormal; a carry moves the exponent
  return sign | (mantissa < 1024 ? mantissa : ((exponent + 15) << 10) + (mantissa - 1024));
}

function fromHalfBits(bits) {
  const exponent = (bits >> 10) & 31;
  const magnitude = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** @param {Tensor} tensor F32 picture in -1..1. @returns {Tensor} the same as F16 */
function asHalf(tensor) {
  const values = new Float32Array(new Uint8Array(tensor.bytes).buffer);
  const halves = Uint16Array.from(values, toHalfBits);
  let squaredError = 0;
  for (let i = 0; i < values.length; i++) squaredError += (values[i] - fromHalfBits(halves[i])) ** 2;
  const psnr = 10 * Math.log10(4 / (squaredError / values.length));
  if (!(psnr > LOWEST_F16_PSNR)) throw new Error(`F16 leaves ${psnr.toFixed(1)} dB, fewer than ${LOWEST_F16_PSNR}`);
  console.log(`image as F16: ${psnr.toFixed(1)} dB to the F32 original`);
  return { dtype: 'F16', shape: tensor.shape, bytes: new Uint8Array(halves.buffer) };
}

const [referenceDir, modelsDir, outputDir = 'tests/fixtures'] = process.argv.slice(2);
if (!referenceDir || !modelsDir) {
  console.error('usage: node scripts/make-fixtures.mjs REFERENCE_DIR MODELS_DIR [OUTPUT_DIR = tests/fixtures]');
  process.exit(2);
}
mkdirSync(outputDir, { recursive: true });

for (const file of REFERENCE_FILES) {
  const { metadata, tensors } = readTensors(join(referenceDir, `${file}.safetensors`));
  const kept = new Map([...tensors].filter(([name]) => isNeeded(name, tensors)));
  const wholePlanes = kept.get('const.out.img_0');
  if (file === 'synthesis' && wholePlanes) {
    kept.delete('const.out.img_0');
    kept.set('const.out.img_0_every_third_channel', everyNthChannel(wholePlanes, 3));
  }
  writeTensors(join(outputDir, `${file}.safetensors`), metadata, kept);
}

for (const file of WITH_GRADIENTS) {
  const { tensors } = readTensors(join(referenceDir, `${file}.safetensors`));
  const gradients = new Map([...tensors].filter(([name]) => isGradient(name)));
  writeTensors(join(outputDir, `${file}-gradients.safetensors`), {}, gradients);
}

// These cases are there for their gradients: forward and backward in one file.
for (const file of ['discriminator', 'training']) {
  const { metadata, tensors } = readTensors(join(referenceDir, `${file}.safetensors`));
  writeTensors(join(outputDir, `${file}.safetensors`), metadata, tensors);
}

const pickle = 'generator_small_nosrc.pkl';
copyFileSync(join(referenceDir, pickle), join(outputDir, pickle));

const expected = readTensors(join(modelsDir, 'expected.safetensors'));
for (const name of ['image', 'student.image']) expected.tensors.set(name, asHalf(expected.tensors.get(name)));
writeTensors(join(outputDir, 'portrait-expected.safetensors'), expected.metadata, expected.tensors);
