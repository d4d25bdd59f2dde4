/** Which case of a reference file is computed how, by how its name begins. The command `grad` and the tests read it; order matters, the first fits. */
import type { CaseWires } from './case-wires';
import {
  wireBiasAct,
  wireBlur,
  wireConvLayer,
  wireConvResample,
  wireFilteredResizing,
  wireFullyConnected,
  wireMinibatchDeviation,
  wireModulatedConv,
  wireNormalize,
  wireResample,
  wireResize,
  wireUpfirdn,
} from './ops-wiring';

import { wireDecoder, wireGridSamples, wireMarcher, wirePlaneSamples } from './render-wiring';
import { wireFilteredLeakyRelu, wireNormalizedModulatedConv } from './stylegan3-wiring';

export interface CaseKind {
  /** How the names of its cases begin. */
  readonly prefix: string;
  /** Appends the operation and names its outputs. */
  readonly wire: (wires: CaseWires) => void;
  /** Under which name the file has the inputs of a case. Default: the case's own. */
  readonly source?: (name: string) => string;
}

export const CASE_KINDS: readonly CaseKind[] = [
  // ops
  { prefix: 'modconv', wire: wireModulatedConv },
  { prefix: 'upfirdn_', wire: wireUpfirdn },
  { prefix: 'upsample2d', wire: wireResample },
  { prefix: 'downsample2d', wire: wireResample },
  { prefix: 'filter2d', wire: wireResample },
  { prefix: 'bias_act_', wire: wireBiasAct },
  { prefix: 'fc_', wire: wireFullyConnected },
  { prefix: 'convl_', wire: wireConvLayer },
  { prefix: 'conv2d_resample_', wire: wireConvResample },
  { prefix: 'mbstd_', wire: wireMinibatchDeviation },
  { prefix: 'normalize_2nd_moment', wire: wireNormalize },
  { prefix: 'resize_', wire: wireResize },
  { prefix: 'filtered_resizing_', wire: wireFilteredResizing },
  { prefix: 'run_D_blur_', wire: wireBlur },
  // render
  { prefix: 'sample_planes_', wire: wirePlaneSamples },
  { prefix: 'sample_3dgrid', wire: wireGridSamples },
  { prefix: 'decoder_', wire: wireDecoder },
  { prefix: 'march', wire: wireMarcher, source: (name) => name.replace(/_white\d$/, '') },
  // stylegan3
  { prefix: 'flrelu_', wire: wireFilteredLeakyRelu },
  { prefix: 'mod_conv_sg3', wire: wireNormalizedModulatedConv },
];

/** @returns undefined for a case of no known kind */
export function kindOfCase(name: string): CaseKind | undefined {
  return CASE_KINDS.find(({ prefix }) => name.startsWith(prefix));
}
