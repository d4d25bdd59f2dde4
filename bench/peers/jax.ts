/** jax-js on WebGPU, each operation fused by its `jit`, on inputs that lie on the device. An array is freed by the function that takes it, unless it is handed over as `.ref`. */
import {
  defaultDevice,
  getWebGPUDevice,
  grad,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
} from '@jax-js/jax';
import { type GradientLayer, SLOPE } from '../cases/layer-gradients';
import { type Convolution, DECODER_WIDTHS, type Decoder } from '../cases/operation';
import type { Contender } from '../racer';
import type { Peer } from './peer';

const NAME = 'jax-js, WebGPU';
const ONE_AROUND: [number, number][] = [
  [1, 1],
  [1, 1],
];

export function jaxPeer(): Peer {
  return {
    async operation(operation) {
      if (operation.kind === 'convolution') return [contender(() => convolution(operation))];
      return operation.kind === 'decoder' ? [contender(() => decoder(operation))] : [];
    },
    gradients: (layer) => [contender(() => layerGradients(layer))],
    network: async () => [],
  };
}

interface Ready {
  readonly inputs: JaxArray[];
  /** Frees its arguments. Of several results, the contender's is one behind the other. */
  compute(...inputs: JaxArray[]): JaxArray | JaxArray[];
}

function contender(make: () => Ready): Contender {
  return {
    name: NAME,
    async open() {
      if (!(await init('webgpu')).includes('webgpu')) throw new Error('the WebGPU backend did not start');
      defaultDevice('webgpu');
      const { inputs, compute } = make();
      const fused = jit((...given: JaxArray[]) => [compute(...given)].flat());
      let last: JaxArray[] = [];
      const free = () => {
        for (const result of last) result.dispose();
      };
      return {
        work: {},
        async run(repeats) {
          for (let repeat = 0; repeat < repeats; repeat++) {
            free();
            last = fused(...inputs.map((input) => input.ref));
            for (const result of last) await result.blockUntilReady();
          }
          await getWebGPUDevice().queue.onSubmittedWorkDone();
        },
        async output() {
          const results = await Promise.all(last.map((result) => result.ref.data()));
          return Float32Array.from(results.flatMap((values: ArrayLike<number>) => Array.from(values)));
        },
        async close() {
          free();
          for (const input of inputs) input.dispose();
          fused.dispose();
        },
      };
    },
  };
}

const array = (values: Float32Array, shape: number[]) => np.array(Float32Array.from(values)).reshape(shape);

function convolution({ channels, side, up, isModulated, x, weight, styles }: Convolution): Ready {
  const image = array(x, [1, channels, side, side]);
  const kernel = array(weight, [channels, channels, 3, 3]);
  if (!isModulated) {
    return { inputs: [image, kernel], compute: (input, taps) => lax.conv(input!, taps!, [1, 1], ONE_AROUND) };
  }
  const style = array(styles, [1, channels, 1, 1]);
  const modulated = (taps: JaxArray, scale: JaxArray) => {
    const scaled = taps.mul(scale);
    const norm = np.sqrt(np.square(scaled.ref).sum([1, 2, 3], { keepdims: true }).add(1e-8));
    return scaled.div(norm);
  };
  if (up === 1) {
    return {
      inputs: [image, kernel, style],
      compute: (input, taps, scale) => lax.conv(input!, modulated(taps!, scale!), [1, 1], ONE_AROUND),
    };
  }
  const row = Float32Array.of(0.25, 0.75, 0.75, 0.25);
  const square = Float32Array.from({ length: channels * 16 }, (_, at) => row[(at >> 2) & 3]! * row[at & 3]!);
  const filter = array(square, [channels, 1, 4, 4]);
  return {
    inputs: [image, kernel, style, filter],
    compute: (input, taps, scale, fir) => {
      // True convolution of the zero-inserted picture: the kernel turned by half a turn, two zeros around.
      const turned = np.flip(modulated(taps!, scale!), [2, 3]);
      const enlarged = lax.convGeneralDilated(
        input!,
        turned,
        [1, 1],
        [
          [2, 2],
          [2, 2],
        ],
        { lhsDilation: [2, 2] },
      );
      return lax.convGeneralDilated(enlarged, fir!, [1, 1], ONE_AROUND, { featureGroupCount: channels });
    },
  };
}

/** Of sum(output * its gradient), with respect to input, weights and bias. */
function layerGradients(layer: GradientLayer): Ready {
  const { x, weight, bias, outputGradient } = layer;
  const outputs = bias.length;
  const isConvolution = layer.kind === 'convolution';
  const shape = isConvolution ? [1, outputs, layer.side, layer.side] : [layer.rows, outputs];
  const biasShape = isConvolution ? [1, outputs, 1, 1] : [outputs];
  const linear = (input: JaxArray, kernel: JaxArray) =>
    isConvolution ? lax.conv(input, kernel, [1, 1], ONE_AROUND) : np.matmul(input, np.transpose(kernel));
  const loss = (input: JaxArray, kernel: JaxArray, shift: JaxArray, gradient: JaxArray) =>
    nn
      .leakyRelu(linear(input, kernel).add(shift.reshape(biasShape)), SLOPE)
      .mul(gradient)
      .sum();
  const gradients = grad(loss, { argnums: [0, 1, 2] });
  return {
    inputs: [
      array(x, shape),
      array(weight, isConvolution ? [outputs, outputs, 3, 3] : [outputs, outputs]),
      array(bias, [outputs]),
      array(outputGradient, shape),
    ],
    compute: (input, kernel, shift, gradient) => [...gradients(input!, kernel!, shift!, gradient!)],
  };
}

function decoder({ points, x, hiddenWeight, hiddenBias, outputWeight, outputBias }: Decoder): Ready {
  const { inputs, hidden, outputs } = DECODER_WIDTHS;
  return {
    inputs: [
      array(x, [points, inputs]),
      array(hiddenWeight, [inputs, hidden]),
      array(hiddenBias, [hidden]),
      array(outputWeight, [hidden, outputs]),
      array(outputBias, [outputs]),
    ],
    compute: (features, weight1, bias1, weight2, bias2) => {
      const units = nn.softplus(np.matmul(features!, weight1!).add(bias1!));
      return np.matmul(units, weight2!).add(bias2!);
    },
  };
}
