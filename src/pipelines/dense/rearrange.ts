/**
 * Numbers in another order, times a factor: how stored parameters become what kernels read (transposed, taps first, turned, repeated, padded). An
 * {@link Arrangement} says it once for both ways to do it: {@link arranged} on the processor and {@link rearrange} on the device.
 */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import type { StorageFormat } from '../../gpu/tensor-host';
import rearrangeShader from '../../shaders/dense/rearrange.wgsl';

const KERNEL = defineKernel(rearrangeShader);

/** Vectors that a thread makes on a software adapter, for which divisions are dear. On a card neighbours shall write next to each other. */
const SOFTWARE_RUN = 16;

/** Loops that the kernel has, beside the one that adds up. */
const MOST_AXES = 4;

/**
 * Where the numbers of a source go, as nested loops. Places are counted row-major, without the padding that tensors have in memory; the turns of
 * each loop lie beyond those of the loops within it.
 */
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
  /** The same in the result, 0 or more; loops of 0 add up, and only on the device. */
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

export interface RearrangeOptions {
  /** On all numbers. Default: 1. */
  readonly factor?: number | undefined;
  /** Of the result. Default: 'f32'. */
  readonly format?: StorageFormat | undefined;
}

/**
 * The arrangement carried out on the device, as an operation with a gradient. It gives what {@link arranged} gives to the bit, but that the
 * factor is rounded to f32 before the product is.
 * @param source f32, of any shape
 * @throws ShapeError for loops that reach places twice or beyond the source
 */
export function rearrange(
  plan: PlanBuilder,
  source: Tensor,
  arrangement: Arrangement,
  { factor = 1, format }: RearrangeOptions = {},
): Tensor {
  const { shape, axes, start = 0 } = arrangement;
  expectWithin(source, arrangement);
  const [loops, addends] = loopsOf(source, arrangement);
  const result = plan.scratch(source.label, shape, format);
  const columns = shape[shape.length - 1]!;
  const vectors = ((elementCount(shape) / columns) * result.stride) / 4;
  const usedLoops = loops.length > 0 ? loops : [{ extent: 1, from: 0, to: elementCount(shape) }];
  const loopParams = usedLoops.flatMap(({ extent, to, from }, loop) => [
    [`extent${loop}`, extent],
    [`to${loop}`, to],
    [`from${loop}`, from],
  ]);
  const sourceColumns = source.shape[source.shape.length - 1]!;
  const isPadded = source.stride !== sourceColumns;
  const isDense = columns % 4 === 0 && reachesAll(usedLoops, elementCount(shape));
  const run = isDense && plan.host.adapter.isSoftware ? SOFTWARE_RUN : 1;
  plan.dispatch({
    kernel: KERNEL,
    bindings: { source, result },
    params: {
      vectors,
      ...(!isDense && { columns }),
      ...(isPadded && { sourceColumns, sourceStride: source.stride }),
      start,
      ...Object.fromEntries(loopParams),
      ...(addends.extent > 1 && { addends: addends.extent, addendFrom: addends.from }),
      factor,
    },
    constants: {
      LOOPS: usedLoops.length,
      IS_PADDED: Number(isPadded),
      IS_DENSE: Number(isDense),
      ADDS: Number(addends.extent > 1),
      RUN: run,
    },
    workgroups: linearGrid(Math.ceil(vectors / run)),
  });
  plan.record({
    inputs: [source],
    outputs: [result],
    backward: ([gradient]) => [rearrange(plan, gradient, transposed({ shape, axes, start }, source), { factor })],
  });
  return result;
}

/** Whether the turns of each loop fill one turn of the loop around it. @param loops from the outermost in */
function reachesAll(loops: readonly ArrangementAxis[], count: number): boolean {
  const around = [count, ...loops.map(({ to }) => to)];
  return loops.every(({ extent, to }, loop) => extent * to === around[loop]) && around[loops.length] === 1;
}

/** The loops from the outermost in, as the result sees them, and the one that adds up. @throws ShapeError */
function loopsOf(source: Tensor, { shape, axes }: Arrangement): [ArrangementAxis[], ArrangementAxis] {
  const turning = axes.filter(({ extent }) => extent > 1);
  const loops = turning.filter(({ to }) => to !== 0).sort((a, b) => b.to - a.to);
  const addends = turning.filter(({ to }) => to === 0);
  const reach = [elementCount(shape), ...loops.map(({ to }) => to)];
  if (loops.length > MOST_AXES || addends.length > 1 || loops.some(({ extent, to }, at) => extent * to > reach[at]!)) {
    throw new ShapeError(`rearrange: the loops over "${source.label}" cannot be told from the place in [${shape}]`);
  }
  return [loops, addends[0] ?? { extent: 1, from: 0, to: 0 }];
}

/** @throws ShapeError for loops that leave the source */
function expectWithin(source: Tensor, { axes, start = 0 }: Arrangement): void {
  const ends = axes.map(({ extent, from }) => (extent - 1) * from);
  const first = ends.reduce((sum, end) => sum + Math.min(end, 0), start);
  const last = ends.reduce((sum, end) => sum + Math.max(end, 0), start);
  const count = elementCount(source.shape);
  if (first < 0 || last >= count) {
    throw new ShapeError(`rearrange: places ${first} to ${last} of "${source.label}", which has ${count}`);
  }
}

/** From the result's gradient to the source's: loops that repeat add up, those that go backwards begin at the other end. */
function transposed({ axes, start = 0 }: Arrangement, source: Tensor): Arrangement {
  const backwards = axes.filter(({ from }) => from < 0);
  const first = backwards.reduce((sum, { extent, from }) => sum + (extent - 1) * from, start);
  if (first !== 0)
    throw new ShapeError(`rearrange: there is no gradient where the first numbers of "${source.label}" are left out`);
  return {
    shape: source.shape,
    start: backwards.reduce((sum, { extent, to }) => sum + (extent - 1) * to, 0),
    axes: axes.map(({ extent, from, to }) => ({ extent, from: from < 0 ? -to : to, to: Math.abs(from) })),
  };
}
