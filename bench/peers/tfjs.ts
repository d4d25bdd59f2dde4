/** TensorFlow.js on its WebGPU backend: what it has operations for, on inputs that lie on the device. */

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Convolution, DECODER_WIDTHS, type Decoder, outputLength } from '../cases/operation';
import { toChannelsFirst, toChannelsLast } from '../layout';
import type { Contender } from '../racer';
import type { Peer } from './peer';

const NAME = 'tfjs, WebGPU';

export function tfjsPeer(): Peer {
  return {
    async operation(operation) {
      if (operation.kind === 'convolution') {
        const { channels, side, up } = operation;
        const arrange = (values: Float32Array) => toChannelsFirst(values, channels, (up * side) ** 2);
        return [contender(() => convolution(operation), arrange)];
      }
      // Sampling takes more than two minutes for a run: it has no such operation, and gathers each corner on its own.
      return operation.kind === 'decoder' ? [contender(() => decoder(operation))] : [];
    },
    network: async () => [],
  };
}

/** A computation over tensors that are made once. */
interface Ready {
  readonly inputs: tf.Tensor[];
  compute(): tf.Tensor;
}

function contender(make: () => Ready, arrange = (values: Float32Array) => values): Contender {
  return {
    name: NAME,
    async open() {
      await tf.setBackend('webgpu');
      await tf.ready();
      const backend = tf.backend();
      if (!(backend instanceof WebGPUBackend)) throw new Error('the WebGPU backend did not start');
      const { inputs, compute } = make();
      let last: tf.Tensor | undefined;
      return {
        work: {},
        async run(repeats) {
          for (let repeat = 0; repeat < repeats; repeat++) {
            last?.dispose();
            last = tf.tidy(compute);
          }
          backend.endComputePassEncoder();
          backend.submitQueue();
          await backend.queue.onSubmittedWorkDone();
        },
        async output() {
          const values = await last!.data<'float32'>();
          return arrange(values);
        },
        async close() {
          last?.dispose();
          tf.dispose(inputs);
        },
      };
    },
  };
}

function convolution(operation: Convolution): Ready {
  const { channels, side, up, isModulated, x, weight, styles } = operation;
  const image = tf.tensor4d(toChannelsLast(x, channels, side * side), [1, side, side, channels]);
  // [out, in, 3, 3] to [3, 3, in, out]
  const kernel = tf.tidy(() => tf.transpose(tf.tensor4d(weight, [channels, channels, 3, 3]), [2, 3, 1, 0]));
  const style = tf.tensor4d(styles, [1, 1, channels, 1]);
  const filter = tf.tidy(() => {
    const taps = tf.tensor1d([0.25, 0.75, 0.75, 0.25]);
    return tf.tile(tf.reshape(tf.outerProduct(taps, taps), [4, 4, 1, 1]), [1, 1, channels, 1]) as tf.Tensor4D;
  });
  const modulated = () => {
    const scaled = tf.mul(kernel, style);
    const norm = tf.sqrt(tf.add(tf.sum(tf.square(scaled), [0, 1, 2], true), 1e-8));
    return tf.div(scaled, norm) as tf.Tensor4D;
  };
  const inputs = [image, kernel, style, filter];
  if (!isModulated) return { inputs, compute: () => tf.conv2d(image, kernel as tf.Tensor4D, 1, 'same') };
  if (up === 1) return { inputs, compute: () => tf.conv2d(image, modulated(), 1, 'same') };
  const wide = 2 * side + 1;
  return {
    inputs,
    compute: () => {
      const transposed = tf.transpose(modulated(), [0, 1, 3, 2]) as tf.Tensor4D;
      const enlarged = tf.conv2dTranspose(image, transposed, [1, wide, wide, channels], 2, 'valid');
      const padded = tf.pad4d(enlarged, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
      return tf.depthwiseConv2d(padded, filter, 1, 'valid');
    },
  };
}

function decoder(operation: Decoder): Ready {
  const { points, x, hiddenWeight, hiddenBias, outputWeight, outputBias } = operation;
  const { inputs, hidden, outputs } = DECODER_WIDTHS;
  const features = tf.tensor2d(x, [points, inputs]);
  const [weight1, bias1] = [tf.tensor2d(hiddenWeight, [inputs, hidden]), tf.tensor1d(hiddenBias)];
  const [weight2, bias2] = [tf.tensor2d(outputWeight, [hidden, outputs]), tf.tensor1d(outputBias)];
  return {
    inputs: [features, weight1, bias1, weight2, bias2],
    compute: () => {
      const units = tf.softplus(tf.add(tf.matMul(features, weight1), bias1)) as tf.Tensor2D;
      return tf.reshape(tf.add(tf.matMul(units, weight2), bias2), [outputLength(operation)]);
    },
  };
}
