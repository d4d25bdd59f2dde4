/**
 * Mip-NeRF (Barron et al. 2021), what EG3D's section 3 calls "a state-of-the-art fully implicit 3D representation": there are no features in space, a large
 * network is told where a piece of a ray lies, by integrated positional encoding, and answers with its density and its colour. Colour may depend on the
 * direction, which the other two fields do not know (Fig. 3).
 *
 *   encoding --8 layers of 256, the encoding once more beside what the fifth makes--> hidden --> density
 *   hidden --linear, 256--> beside the direction --1 layer of 128--> colour
 *
 * That is NeRF's network (Mildenhall et al. 2020, appendix A). What differs from Mip-NeRF: one field for all samples, which lie where something is known to be
 * (occupancy.ts), in place of a coarse and a fine pass of one network, and white behind.
 */
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { concatenate } from '../../pipelines/dense/window';
import { fourierEncoding } from '../../pipelines/encoding/fourier-encoding';
import { integratedEncoding } from '../../pipelines/encoding/integrated-encoding';
import { BOX_SIDE, type FieldKind, type FieldSamples, type FieldTensor } from './scene-field';
import {
  hiddenLayers,
  type LayerExtents,
  layerTensors,
  type NetworkSettings,
  wireHidden,
  wireLayer,
} from './scene-network';

export interface MipNerfSettings {
  /** Frequencies of the encoding, each twice the one before; the lowest has half a wave along the box. Those finer than a pixel fade by themselves. */
  readonly levels: number;
  readonly network: NetworkSettings;
}

/** As the paper has it, but for the levels: 16 reach some ten times beyond the pixels of pictures of some hundred, and 10 just beyond. */
export const MIP_NERF: MipNerfSettings = { levels: 10, network: { layers: 8, width: 256, skip: 5 } };

/** Levels of the encoding of directions, as NeRF has them: the lowest is sin and cos of the number itself. */
const DIRECTION_LEVELS = 4;

/** Frequencies of directions, [4 (x, y, z, nothing), 3 * levels]: level by level for x, y and z, in cycles per unit. */
const DIRECTION_WAVES = Float32Array.from({ length: 4 * 3 * DIRECTION_LEVELS }, (_, index) => {
  const [axis, wave] = [Math.floor(index / (3 * DIRECTION_LEVELS)), index % (3 * DIRECTION_LEVELS)];
  return wave % 3 === axis ? 2 ** Math.floor(wave / 3) / (2 * Math.PI) : 0;
});

export const MIP_NERF_FIELD: FieldKind<MipNerfSettings> = {
  name: 'mip-nerf',
  tensors,
  wire,
};

/** The layers behind the hidden ones. */
function heads({ width }: NetworkSettings): Record<'density' | 'bottleneck' | 'view' | 'colour', LayerExtents> {
  const half = width / 2;
  return {
    density: { name: 'density', inFeatures: width, outFeatures: 1, isOutput: true },
    bottleneck: { name: 'bottleneck', inFeatures: width, outFeatures: width },
    view: { name: 'view', inFeatures: width + 3 + 6 * DIRECTION_LEVELS, outFeatures: half },
    colour: { name: 'colour', inFeatures: half, outFeatures: 3, isOutput: true },
  };
}

function tensors({ levels, network }: MipNerfSettings): FieldTensor[] {
  return layerTensors('', [...hiddenLayers(6 * levels, network), ...Object.values(heads(network))]);
}

function wire(
  plan: PlanBuilder,
  parameters: ParameterScope,
  { levels, network }: MipNerfSettings,
  samples: FieldSamples,
): Tensor {
  const { density, bottleneck, view, colour } = heads(network);
  const encoded = integratedEncoding(plan, samples, { levels, lowest: 0.5 / BOX_SIDE });
  const hidden = wireHidden(plan, parameters, encoded, network);
  const frequencies = plan.constant('direction waves', [4, 3 * DIRECTION_LEVELS], DIRECTION_WAVES);
  const directionWaves = fourierEncoding(plan, samples.directions, frequencies);
  const seen = concatenate(
    plan,
    [wireLayer(plan, parameters, hidden, bottleneck), directionWaves, samples.directions],
    1,
  );
  const relu = { activation: 'relu', gain: 1 } as const;
  const colours = wireLayer(plan, parameters, wireLayer(plan, parameters, seen, view, relu), colour);
  return concatenate(plan, [colours, wireLayer(plan, parameters, hidden, density)], 1);
}
