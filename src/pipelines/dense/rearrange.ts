/**
 * Numbers in another order, times a factor: how stored parameters become what kernels read (transposed, taps first, turned, repeated, padded). An
 * {@link Arrangement} says it once for both ways to do it: {@link arranged} on the processor and {@link rearrange} on the device.
 */
import { elementCount } from '../../gpu/tensor';

/** Where the numbers of a source go, as nested loops. Places are counted row-major, without the padding that tensors have in memory. */
export interface Arrangement {
  /** Of the result. Places that no axis reaches are zero. */
  readonly shape: readonly number[];
  readonly axes: readonly ArrangementAxis[];
  /** Place in the source at which all loops begin. Default: 0. */
  readonly start?: number | undefined;
}

/** One of the loops. */
export interface ArrangementAxis {
  readonly extent: number;
  /** Places from turn to turn in the source; negative to go backwards, 0 to repeat. */
  readonly from: number;
  /** The same in the result. */
  readonly to: number;
}

/** An array on its way to the device. */
export interface PreparedArray {
  /** Shape of the tensor to be made. */
  readonly shape: readonly number[];
  /** Row-major; what pads the last axis in memory is added by the upload. */
  readonly values: Float32Array;
}

/** All numbers where they are, seen as a tensor of the given shape. */
export function unchanged(shape: readonly number[]): Arrangement {
  return { shape, axes: [{ extent: elementCount(shape), from: 1, to: 1 }] };
}

/** The arrangement carried out on the processor. The product with the factor is rounded once. */
export function arranged(
  source: ArrayLike<number>,
  { shape, axes, start = 0 }: Arrangement,
  factor = 1,
): PreparedArray {
  const values = new Float32Array(elementCount(shape));
  const inOrderOfSource = [...axes].sort((a, b) => Math.abs(b.from) - Math.abs(a.from));
  const copy = (depth: number, from: number, to: number) => {
    const axis = inOrderOfSource[depth];
    if (!axis) {
      values[to] = source[from]! * factor;
      return;
    }
    const isInnermost = depth === inOrderOfSource.length - 1;
    for (let turn = 0; turn < axis.extent; turn++) {
      if (isInnermost) values[to + turn * axis.to] = source[from + turn * axis.from]! * factor;
      else copy(depth + 1, from + turn * axis.from, to + turn * axis.to);
    }
  };
  copy(0, start, 0);
  return { shape, values };
}
