/** StyleGAN3's operations as plain loops in f64, as the paper's formulas read: what the kernels are held against on random shapes. */

export interface FilteredLreluCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly up: number;
  readonly down: number;
  readonly upTaps: number;
  readonly downTaps: number;
  /** Whether the down-sampling filter has taps in two dimensions. */
  readonly isRadial: boolean;
  /** Left, right, top, bottom. */
  readonly padding: readonly [number, number, number, number];
  readonly clamp: number | undefined;
}

/** With slope 0.2 and gain sqrt 2. All values channels last. */
export function filteredLreluOnCpu(
  shape: FilteredLreluCase,
  operands: { input: Float32Array; bias: Float32Array; upFilter: Float32Array; downFilter: Float32Array },
): Float32Array {
  const { batch, height, width, channels, up, down, upTaps, downTaps, isRadial, padding, clamp = Infinity } = shape;
  const { input, bias, upFilter, downFilter } = operands;
  const [left, right, top, bottom] = padding;
  const workHeight = height * up + top + bottom - upTaps + 1;
  const workWidth = width * up + left + right - upTaps + 1;
  const outHeight = Math.floor((workHeight - downTaps) / down) + 1;
  const outWidth = Math.floor((workWidth - downTaps) / down) + 1;
  const downTap = (row: number, column: number) =>
    isRadial ? downFilter[row * downTaps + column]! : downFilter[row]! * downFilter[column]!;
  const output = new Float32Array(batch * outHeight * outWidth * channels);
  const last = upTaps - 1; // a true convolution takes the taps from their end

  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const padded = (y: number, x: number) => {
        const [row, column] = [(y - top) / up, (x - left) / up];
        if (!Number.isInteger(row) || !Number.isInteger(column)) return 0;
        if (row < 0 || row >= height || column < 0 || column >= width) return 0;
        return input[((n * height + row) * width + column) * channels + c]! + bias[c]!;
      };
      const work = new Float64Array(workHeight * workWidth);
      for (let y = 0; y < workHeight; y++) {
        for (let x = 0; x < workWidth; x++) {
          let sum = 0;
          for (let i = 0; i < upTaps; i++) {
            for (let j = 0; j < upTaps; j++) sum += upFilter[last - i]! * upFilter[last - j]! * padded(y + i, x + j);
          }
          const bent = (sum < 0 ? 0.2 : 1) * Math.SQRT2 * sum * up * up;
          work[y * workWidth + x] = Math.max(-clamp, Math.min(clamp, bent));
        }
      }
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          let sum = 0;
          for (let i = 0; i < downTaps; i++) {
            for (let j = 0; j < downTaps; j++) {
              sum += downTap(downTaps - 1 - i, downTaps - 1 - j) * work[(y * down + i) * workWidth + x * down + j]!;
            }
          }
          output[((n * outHeight + y) * outWidth + x) * channels + c] = sum;
        }
      }
    }
  }
  return output;
}

/**
 * Normalised, modulated, demodulated full convolution.
 * @param operands input channels last; weights [out, in, k, k]; styles [N, in]
 */
export function fullConvOnCpu(
  shape: { batch: number; height: number; width: number; inChannels: number; outChannels: number; kernel: number },
  { input, stored, styles }: { input: Float32Array; stored: Float32Array; styles: Float32Array },
): Float32Array {
  const { batch, height, width, inChannels, outChannels, kernel } = shape;
  const taps = kernel * kernel;
  const meanSquare = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0) / values.length;
  const styleScale = 1 / Math.sqrt(meanSquare(styles));
  const pad = kernel - 1;
  const [outHeight, outWidth] = [height + pad, width + pad];
  const output = new Float32Array(batch * outHeight * outWidth * outChannels);
  for (let n = 0; n < batch; n++) {
    for (let out = 0; out < outChannels; out++) {
      const channel = stored.subarray(out * inChannels * taps, (out + 1) * inChannels * taps);
      const weightScale = 1 / Math.sqrt(meanSquare(channel));
      const weights = Array.from(
        channel,
        (value, at) => value * weightScale * styles[n * inChannels + Math.floor(at / taps)]! * styleScale,
      );
      const demodulation = 1 / Math.sqrt(weights.reduce((sum, value) => sum + value * value, 1e-8));
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          let sum = 0;
          weights.forEach((weight, at) => {
            const row = y - pad + (Math.floor(at / kernel) % kernel);
            const column = x - pad + (at % kernel);
            if (row < 0 || row >= height || column < 0 || column >= width) return;
            sum += weight * input[((n * height + row) * width + column) * inChannels + Math.floor(at / taps)]!;
          });
          output[((n * outHeight + y) * outWidth + x) * outChannels + out] = sum * demodulation;
        }
      }
    }
  }
  return output;
}

/** @param operands motion [N, 4]; transform [3, 3]; waves [C, 3] */
export function fourierFeaturesOnCpu(
  shape: { batch: number; channels: number; size: number; samplingRate: number; bandwidth: number },
  { motion, transform, waves }: { motion: Float32Array; transform: Float32Array; waves: Float32Array },
): Float32Array {
  const { batch, channels, size, samplingRate, bandwidth } = shape;
  const [a, b, userX, c, d, userY] = transform as Iterable<number>;
  const output: number[] = [];
  for (let n = 0; n < batch; n++) {
    const length = Math.hypot(motion[4 * n]!, motion[4 * n + 1]!);
    const [cosine, sine, moveX, moveY] = Array.from(motion.subarray(4 * n, 4 * n + 4), (value) => value / length);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const x = (column + 0.5 - size / 2) / samplingRate;
        const y = (row + 0.5 - size / 2) / samplingRate;
        // First the user's transform, then the translation, then the rotation.
        const movedX = a! * x + b! * y + userX! - moveX!;
        const movedY = c! * x + d! * y + userY! - moveY!;
        const pointX = cosine! * movedX - sine! * movedY;
        const pointY = sine! * movedX + cosine! * movedY;
        for (let channel = 0; channel < channels; channel++) {
          const [fx, fy, phase] = waves.subarray(3 * channel, 3 * channel + 3) as Iterable<number>;
          const [gx, gy] = [cosine! * fx! + sine! * fy!, cosine! * fy! - sine! * fx!];
          const frequency = Math.hypot(a! * gx + c! * gy, b! * gx + d! * gy);
          const amplitude = 1 - (frequency - bandwidth) / (samplingRate / 2 - bandwidth);
          const wave = Math.sin(2 * Math.PI * (fx! * pointX + fy! * pointY + phase!));
          output.push(Math.max(0, Math.min(1, amplitude)) * wave);
        }
      }
    }
  }
  return Float32Array.from(output);
}
