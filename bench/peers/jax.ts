/** jax-js on WebGPU, each operation fused by its `jit`, on inputs that lie on the device. An array is freed by the function that takes it, unless it is handed over as `.ref`. */
import { defaultDevice, getWebGPUDevice, init, type Array as JaxArray, jit, lax, nn, numpy as np } from '@jax-js/jax';
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
    network: async () => [],
  };
}

interface Ready {
  readonly inputs: JaxArray[];
  /** Frees its arguments. */
  compute(...inputs: JaxArray[]): JaxArray;
}

function contender(make: () => Ready): Contender {
  return {
    name: NAME,
    async open() {
      if (!(await init('webgpu')).includes('webgpu')) throw new Error('the WebGPU backend did not start');
      defaultDevice('webgpu');
      const { inputs, compute } = make();
      const fused = jit(compute);
      let last: JaxArray | undefined;
      return {
        work: {},
        async run(repeats) {
          for (let repeat = 0; repeat < repeats; repeat++) {
            last?.dispose();
            last = fused(...inputs.map((input) => input.ref));
            await last.blockUntilReady();
          }
          await getWebGPUDevice().queue.onSubmittedWorkDone();
        },
        async output() {
          return Float32Array.from(await last!.ref.data());
        },
        async close() {
          last?.dispose();
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
