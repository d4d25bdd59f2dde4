/**
 * Makes the perceptual network that training measures pictures with, out of the weights that an npm package ships.
 *
 *   npm pack @vladmandic/face-api@1.7.15 && tar xzf vladmandic-face-api-1.7.15.tgz
 *   node scripts/make-perceptual.mjs package [OUTPUT_DIR = public/perceptual]
 *
 * The package has dlib's face recognition network (a ResNet of 29 convolutions), quantised to 8 bits. Its first 21 layers are taken, up to 128 channels:
 * they see edges, textures and parts of faces. What follows makes a descriptor of who somebody is, which nobody here needs, and is left out.
 *
 *  - Numbers are made of the quantised ones; "scale" layers, which follow every convolution, become part of it.
 *  - Its input, 0..255, becomes -1..1: as the first convolution has no padding, that is a matter of its weights and bias.
 *  - Weights go from [height, width, in, out] to [out, in, height, width] and become halves. The same bytes at every run.
 *
 * Plain Node, with no import from src/. public/perceptual/dlib-face-resnet.md is the card.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'dlib-face-resnet.safetensors';
const [packageDir, outputDir = 'public/perceptual'] = process.argv.slice(2);
if (!packageDir) {
  console.error('usage: node scripts/make-perceptual.mjs PACKAGE_DIR [OUTPUT_DIR]');
  process.exit(2);
}

/** Of the pictures that the network was trained on, red, green, blue; and what the package divides by. */
const MEANS = [122.782, 117.001, 104.298];
const RANGE = 255;
/** -1..1 times this, and this added, is 0..255. */
const HALF_RANGE = 127.5;

const blocks = ['32_1', '32_2', '32_3', '64_down', '64_1', '64_2', '64_3', '128_down', '128_1', '128_2'];
const layers = ['conv32_down', ...blocks.flatMap((block) => [`conv${block}/conv1`, `conv${block}/conv2`])];

const source = readFileSync(join(packageDir, 'model/face_recognition_model.bin'));
const stored = readStored(source);
const tensors = layers.flatMap(folded);
const file = safetensors(tensors, {
  format: 'trifold-perceptual',
  network: 'dlib-face-resnet',
  source:
    '@vladmandic/face-api 1.7.15, model/face_recognition_model.bin (dlib_face_recognition_resnet_model_v1 by Davis King)',
  source_sha256: sha256(source),
  licence: 'public domain (weights), MIT (package)',
});
mkdirSync(outputDir, { recursive: true });
writeFileSync(join(outputDir, NAME), file);
console.log(`${join(outputDir, NAME)}: ${file.length} bytes, sha256 ${sha256(file)}`);

/** The package's tensors by name, in double precision. */
function readStored(bytes) {
  const manifest = readFileSync(join(packageDir, 'model/face_recognition_model-weights_manifest.json'), 'utf8');
  const found = new Map();
  let at = 0;
  for (const { name, shape, quantization } of JSON.parse(manifest).flatMap(({ weights }) => weights)) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const values = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      values[index] = quantization
        ? bytes[at + index] * quantization.scale + quantization.min
        : bytes.readFloatLE(at + 4 * index);
    }
    found.set(name, { shape, values });
    at += quantization ? count : 4 * count;
  }
  return found;
}

/** A convolution with the scale behind it, and for the first one with the normalisation before it. */
function folded(layer) {
  const { shape, values } = stored.get(`${layer}/conv/filters`);
  const [height, width, inChannels, outChannels] = shape;
  const [bias, scale, offset] = ['conv/bias', 'scale/weights', 'scale/biases'].map(
    (part) => stored.get(`${layer}/${part}`).values,
  );
  const isFirst = layer === layers[0];
  const weight = new Float64Array(values.length);
  const newBias = new Float64Array(outChannels);
  for (let out = 0; out < outChannels; out++) {
    let fromMeans = 0;
    for (let into = 0; into < inChannels; into++) {
      for (let tap = 0; tap < height * width; tap++) {
        const value = values[(tap * inChannels + into) * outChannels + out];
        weight[(out * inChannels + into) * height * width + tap] =
          value * scale[out] * (isFirst ? HALF_RANGE / RANGE : 1);
        if (isFirst) fromMeans += (value * (HALF_RANGE - MEANS[into])) / RANGE;
      }
    }
    newBias[out] = (bias[out] + fromMeans) * scale[out] + offset[out];
  }
  const name = layer.replace('/', '.');
  return [
    { name: `${name}.weight`, shape: [outChannels, inChannels, height, width], values: weight },
    { name: `${name}.bias`, shape: [outChannels], values: newBias },
  ];
}

function safetensors(parts, metadata) {
  const header = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, values } of parts) {
    const start = end;
    end += 2 * values.length;
    header[name] = { dtype: 'F16', shape, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = new Uint16Array(end / 2);
  let at = 0;
  for (const { values } of parts) for (const value of values) data[at++] = half(value);
  return Buffer.concat([length, text, Buffer.from(data.buffer)]);
}

/** Nearest 16-bit float, ties to even. */
function half(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (!(size < 65504)) throw new Error(`${value} is no 16-bit float`);
  const exponent = Math.max(Math.floor(Math.log2(size || 2 ** -24)), -14);
  const steps = size / 2 ** (exponent - 10); // of the last place
  const below = Math.floor(steps);
  const rest = steps - below;
  const rounded = below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
  // A number of 11 bits carries its leading one into the exponent, a subnormal does not: what is added is the same.
  return sign | (((exponent + 14) << 10) + rounded);
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
