/**
 * The way back from points to what they are computed from: tri-planes and decoder. Points come in chunks, of which nothing is kept but the sums, so
 * that memory does not grow with their number. For each chunk features, hidden units and colours are computed again, then
 *
 *   gradients of density and colours -> hidden units -> features -> planes (sorted by texel, scatter-to-planes.ts)
 *                                 \-> weights of the decoder, packed as the kernels read them
 */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel, type KernelConstants } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import { imageExtents, type Tensor } from '../../../gpu/tensor';
import decodePointsShader from '../../../shaders/volume/gradient/decode-points.wgsl';
import inputGradientShader from '../../../shaders/volume/gradient/decoder-input-gradient.wgsl';
import weightGradientShader from '../../../shaders/volume/gradient/decoder-weight-gradient.wgsl';
import { sumRows } from '../../reduction/sum-rows';
import { packedDecoderLength } from '../decoder';
import { groupsOf } from '../render-constants';
import type { DecoderExtents, TriPlaneOptions } from '../rendering-options';
import type { PlaneReading } from '../volume-sketch';
import { PlanesGradient, type ScatteredPoints } from './scatter-to-planes';

const DECODE_POINTS = defineKernel(decodePointsShader);
const INPUT_GRADIENT = defineKernel(inputGradientShader);
const WEIGHT_GRADIENT = defineKernel(weightGradientShader);

/** Stretches of a chunk that are summed side by side. */
const SLICES = 64;

/** Points of a chunk at most, about 1 kB each: a fraction of a second on a software adapter. */
const POINTS_PER_CHUNK = { software: 2 ** 16, hardware: 2 ** 17 };

export function pointsPerChunk(plan: PlanBuilder): number {
  return POINTS_PER_CHUNK[plan.host.adapter.isSoftware ? 'software' : 'hardware'];
}

export interface PointsGradientInputs {
  /** [N, H, W, planes * C] */
  readonly planes: Tensor;
  /** Packed. */
  readonly decoder: Tensor;
  readonly rendering: TriPlaneOptions & DecoderExtents;
  readonly reading: PlaneReading;
  /** Those of kernels that evaluate points in batches. */
  readonly constants: KernelConstants;
  readonly wantsPlanes: boolean;
  readonly wantsDecoder: boolean;
}

/** Gradients of what the points of a chunk show: rows of density, and of colours before the sigmoid. */
export interface OutputGradients {
  readonly sigmaGradient: Tensor;
  readonly logitGradient: Tensor;
}

/** Adds up gradients of planes and decoder, a chunk of points at a time. */
export class PointsGradient {
  readonly #planes: PlanesGradient | undefined;
  readonly #decoder: Tensor | undefined;

  constructor(
    private readonly plan: PlanBuilder,
    private readonly inputs: PointsGradientInputs,
  ) {
    const { planes, rendering, wantsPlanes, wantsDecoder } = inputs;
    if (wantsPlanes) this.#planes = new PlanesGradient(plan, planes.shape, rendering, true);
    if (wantsDecoder) {
      this.#decoder = plan.fill(plan.scratch('decoder gradient of slices', [SLICES, packedDecoderLength(rendering)]));
    }
  }

  /** @param outputs appends what computes their gradients, for given colours [most, outputs] */
  add(chunk: ScatteredPoints, outputs: (colours: Tensor) => OutputGradients): void {
    const { plan, inputs } = this;
    const { planes, decoder, rendering, reading, constants } = inputs;
    const { points, first: firstPoint, most, total, image } = chunk;
    const { height, width } = imageExtents(planes, 'points gradient planes');
    const [FEATURE_GROUPS, HIDDEN_GROUPS, COLOUR_GROUPS] = groupsOf(rendering);
    const extents = { FEATURE_GROUPS, HIDDEN_GROUPS, COLOUR_GROUPS };
    const rows = (label: string, channels: number) => plan.scratch(label, [most, channels]);
    const features = rows('point features', rendering.planeChannels);
    const hidden = rows('hidden units', rendering.decoderHiddenWidth);
    const colours = rows('point colours', rendering.decoderOutputs);
    const eachBatch = linearGrid(Math.ceil(most / (4 * Number(constants.QUADS))));
    plan.dispatch({
      kernel: DECODE_POINTS,
      constants: { ...constants, SHOWN_GROUPS: COLOUR_GROUPS },
      bindings: {
        ...{ ...reading.bindings, decoder, points, total },
        ...{ featureRows: features, hiddenRows: hidden, colourRows: colours },
      },
      textures: reading.textures,
      params: { firstPoint, image, planeWidth: width, planeHeight: height, boxSide: rendering.boxWarp },
      workgroups: eachBatch,
    });
    const { sigmaGradient, logitGradient } = outputs(colours);
    const hiddenGradient = rows('hidden gradient', rendering.decoderHiddenWidth);
    const featureGradient = rows('feature gradient', rendering.planeChannels);
    plan.dispatch({
      kernel: INPUT_GRADIENT,
      constants: { ...extents, QUADS: constants.QUADS!, SHARES_WEIGHTS: constants.SHARES_WEIGHTS! },
      bindings: {
        ...{ decoder, total, sigmaGradient, logitGradient, hiddenRows: hidden },
        ...{ hiddenGradient, featureGradient },
      },
      workgroups: eachBatch,
    });
    if (this.#decoder) {
      const comeInFours = Object.values(extents).every((groups) => groups % 4 === 0);
      plan.dispatch({
        kernel: WEIGHT_GRADIENT,
        constants: { ...extents, SLICES, SHARES_WEIGHTS: Number(constants.SHARES_WEIGHTS === 1 && comeInFours) },
        bindings: {
          ...{ total, features, hidden, hiddenGradient, sigmaGradient, logitGradient },
          sums: this.#decoder,
        },
        workgroups: linearGrid(SLICES * (HIDDEN_GROUPS + 1)),
      });
    }
    this.#planes?.add(chunk, { rows: featureGradient, first: 0, planeStep: 0 });
  }

  /** The gradients of planes and packed decoder, for the rule of an operation. */
  sums(): [planes: Tensor | undefined, decoder: Tensor | undefined] {
    return [this.#planes?.sum, this.#decoder && sumRows(this.plan, this.#decoder)];
  }
}
