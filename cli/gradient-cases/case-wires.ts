/**
 * What the wiring of a reference case has in its hands: the case's tensors as parameters that gradients are asked of, and its options. All numbers
 * come and go in the order of the file; `rearrange`, which knows its gradient, brings them into the order of the kernels and back.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import { TrifoldError } from '../../src/errors';
import type { PlanBuilder } from '../../src/gpu/plan';
import type { Tape } from '../../src/gpu/tape';
import { elementCount, type Tensor } from '../../src/gpu/tensor';
import { type ParameterScope, ParameterStore } from '../../src/models/parameters';
import {
  type ConvShape,
  type ConvWeights,
  TAPS_FIRST,
  type WeightLayout,
} from '../../src/pipelines/convolution/conv-weights';
import { type Arrangement, rearrange, unchanged } from '../../src/pipelines/dense/rearrange';
import type { FirFilter, Padding, PerAxis } from '../../src/pipelines/resampling/upfirdn2d';

/** A case says something that this program cannot do, or that makes no sense. */
export class CaseOptionError extends TrifoldError {
  override readonly code = 'case-option';

  constructor(
    readonly caseName: string,
    problem: string,
    readonly value?: unknown,
  ) {
    super(
      `The case "${caseName}" cannot be computed: ${problem}.`,
      'Compare it with the cases of the reference (ops, render, ...).',
    );
  }
}

/** A result of a case, and where its cotangent is in the file. */
export interface CaseOutput {
  readonly name: string;
  /** [count], in the order of the file. */
  readonly tensor: Tensor;
}

/** A tensor that a gradient is asked of. */
export interface WantedGradient {
  /** Behind "CASE.grad.". */
  readonly name: string;
  /** [count], in the order of the file. */
  readonly tensor: Tensor;
  /** In the file. */
  readonly shape: readonly number[];
}

/** The options that the metadata of a case may have. */
export class CaseOptions {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(
    private readonly caseName: string,
    json: string | undefined,
  ) {
    let values: unknown;
    try {
      values = JSON.parse(json ?? '{}');
    } catch {
      throw new CaseOptionError(caseName, 'its options are no JSON', json);
    }
    this.#values = Object(values);
  }

  /** Undefined where the file has null or nothing. */
  number(name: string): number | undefined {
    return this.#typed(name, 'a number', (value) => typeof value === 'number');
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'a text', (value) => typeof value === 'string');
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.#typed<boolean>(name, 'true or false', (value) => typeof value === 'boolean') ?? otherwise;
  }

  /** One number for both axes, or [x, y]. */
  perAxis(name: string): PerAxis | undefined {
    return this.#typed(name, 'a number or two', (value) => typeof value === 'number' || hasNumbers(value, 2));
  }

  /** One number for all sides, or [left, right, top, bottom]. */
  padding(name: string): Padding | undefined {
    return this.#typed(name, 'a number or four', (value) => typeof value === 'number' || hasNumbers(value, 4));
  }

  /** One that must be there. */
  needed<T>(value: T | undefined, name: string): T {
    if (value === undefined) throw new CaseOptionError(this.caseName, `its options lack "${name}"`);
    return value;
  }

  #typed<T>(name: string, what: string, isFine: (value: unknown) => boolean): T | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!isFine(value)) throw new CaseOptionError(this.caseName, `its option "${name}" is not ${what}`, value);
    return value as T;
  }
}

export class CaseWires {
  readonly options: CaseOptions;
  readonly outputs: CaseOutput[] = [];
  /** All tensors of the file, trainable where they are the case's. */
  readonly store: ParameterStore;

  /** @param source under which name the inputs are in the file. Default: the case's */
  constructor(
    readonly plan: PlanBuilder,
    readonly tape: Tape,
    readonly file: Checkpoint,
    readonly name: string,
    private readonly source = name,
  ) {
    this.options = new CaseOptions(name, file.metadata[name]);
    const own = [`${source}.in.`, `${source}.param.`];
    this.store = new ParameterStore(plan.host, file, {
      isTrainable: (full) => own.some((place) => full.startsWith(place)),
    });
  }

  /** The case's parameters, by their own names. */
  get parameters(): ParameterScope {
    return this.store.scope(`${this.source}.param.`);
  }

  has(name: string): boolean {
    return this.#place(name) !== undefined;
  }

  /** As in the file. @throws MissingTensorError */
  shape(name: string): readonly number[] {
    return this.file.info(this.#fullName(name)).shape;
  }

  /** The four extents of a picture or of a convolution's weights. */
  fourExtents(name: string): ConvShape {
    const shape = this.shape(name);
    if (shape.length !== 4)
      throw new CaseOptionError(this.name, `"${name}" is [${shape}], expected four extents`, shape);
    return [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  }

  /** An input or parameter, [count]: what its gradient is asked of. */
  flat(name: string): Tensor {
    const full = this.#fullName(name);
    return this.store.parameter(full, this.file.info(full).shape).master;
  }

  /** The same in another shape or order. @param arrangement default: as in the file */
  arranged(name: string, arrangement?: Arrangement, factor?: number): Tensor {
    const shape = this.shape(name);
    return rearrange(this.plan, this.flat(name), arrangement ?? unchanged(shape.length === 0 ? [1] : shape), {
      factor,
    });
  }

  /** A picture [N, C, H, W] of the file as [N, H, W, C]. @param shape default: as in the file */
  picture(name: string, shape: readonly number[] = this.fourExtents(name)): Tensor {
    return this.arranged(name, channelsLast(shape));
  }

  /** Numbers that no gradient is asked of. */
  floats(name: string): Float32Array {
    return this.file.floats(this.#fullName(name));
  }

  /** The weights of a convolution, [out, in, kh, kw] in the file. @param master as {@link flat} gives it, or made of that */
  convWeights(name: string, master = this.flat(name)): ConvWeights {
    const shape = this.fourExtents(name);
    const derived = new Map<string, Tensor>();
    const as = (layout: WeightLayout) => {
      const tensor = derived.get(layout.name) ?? layout.derive(this.plan, master, shape, 'f32');
      derived.set(layout.name, tensor);
      return tensor;
    };
    return {
      label: name,
      shape,
      areHalves: false,
      areTrainable: true,
      as,
      asTexture: (layout) => layout.derive(this.plan, as(TAPS_FIRST), shape),
    };
  }

  /** A filter that several cases share, as two-dimensional taps; one-dimensional ones stand for their outer product with themselves. */
  filter(name: string | undefined): FirFilter | undefined {
    if (name === undefined) return undefined;
    const full = this.file.has(name) ? name : `filter_${name}`;
    const [height, width] = this.file.info(full).shape;
    const taps = this.file.floats(full);
    if (width !== undefined) return { height: height!, width, taps };
    return { height: taps.length, width: taps.length, taps: [...taps].flatMap((a) => [...taps].map((b) => a * b)) };
  }

  /** A result whose cotangent has its shape. */
  output(name: string, tensor: Tensor): void {
    const count = elementCount(tensor.shape);
    this.outputs.push({ name, tensor: rearrange(this.plan, tensor, unchanged([count])) });
  }

  /** A picture [N, H, W, C] whose cotangent is [N, C, H, W]. */
  pictureOutput(name: string, tensor: Tensor): void {
    const [n, h, w, c] = tensor.shape;
    const pixels = h! * w!;
    const axes = [
      { extent: n!, from: pixels * c!, to: pixels * c! },
      { extent: pixels, from: c!, to: 1 },
      { extent: c!, from: 1, to: pixels },
    ];
    this.outputs.push({ name, tensor: rearrange(this.plan, tensor, { shape: [n! * pixels * c!], axes }) });
  }

  /** The inputs and parameters that have been used. */
  get wanted(): WantedGradient[] {
    return this.store.trainable.map(({ name, master, shape }) => ({
      name: name.replace(`${this.source}.in.`, '').replace(`${this.source}.param.`, ''),
      tensor: master,
      shape,
    }));
  }

  #place(name: string): string | undefined {
    return ['in', 'param'].find((place) => this.file.has(`${this.source}.${place}.${name}`));
  }

  #fullName(name: string): string {
    return `${this.source}.${this.#place(name) ?? 'in'}.${name}`;
  }
}

/** [N, C, H, W] to [N, H, W, C]. */
export function channelsLast([n, c, h, w]: readonly number[]): Arrangement {
  const pixels = h! * w!;
  return {
    shape: [n!, h!, w!, c!],
    axes: [
      { extent: n!, from: pixels * c!, to: pixels * c! },
      { extent: pixels, from: 1, to: c! },
      { extent: c!, from: pixels, to: 1 },
    ],
  };
}

function hasNumbers(value: unknown, count: number): boolean {
  return Array.isArray(value) && value.length === count && value.every((one) => typeof one === 'number');
}
