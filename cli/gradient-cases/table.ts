/** Which case of a reference file is computed how, by how its name begins. The command `grad` and the tests read it; order matters, the first fits. */

import { wireDiscriminator } from './discriminator-wiring';
import { wireMappingNetwork } from './mapping-wiring';
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
import { wirePhase } from './training-wiring';
import { type CaseContext, operation, type WiredCase } from './wired-case';

export interface CaseKind {
  /** How the names of its cases begin. */
  readonly names: RegExp;
  readonly wire: (context: CaseContext) => WiredCase;
}

export const CASE_KINDS: readonly CaseKind[] = [
  // ops
  { names: /^modconv/, wire: operation(wireModulatedConv) },
  { names: /^upfirdn_/, wire: operation(wireUpfirdn) },
  { names: /^upsample2d/, wire: operation(wireResample) },
  { names: /^downsample2d/, wire: operation(wireResample) },
  { names: /^filter2d/, wire: operation(wireResample) },
  { names: /^bias_act_/, wire: operation(wireBiasAct) },
  { names: /^fc_/, wire: operation(wireFullyConnected) },
  { names: /^convl_/, wire: operation(wireConvLayer) },
  { names: /^conv2d_resample_/, wire: operation(wireConvResample) },
  { names: /^mbstd_/, wire: operation(wireMinibatchDeviation) },
  { names: /^normalize_2nd_moment/, wire: operation(wireNormalize) },
  { names: /^resize_/, wire: operation(wireResize) },
  { names: /^filtered_resizing_/, wire: operation(wireFilteredResizing) },
  { names: /^run_D_blur_/, wire: operation(wireBlur) },
  // render
  { names: /^sample_planes_/, wire: operation(wirePlaneSamples) },
  { names: /^sample_3dgrid/, wire: operation(wireGridSamples) },
  { names: /^decoder_/, wire: operation(wireDecoder) },
  { names: /^march/, wire: operation(wireMarcher, (name) => name.replace(/_white\d$/, '')) },
  // stylegan3
  { names: /^flrelu_/, wire: operation(wireFilteredLeakyRelu) },
  { names: /^mod_conv_sg3/, wire: operation(wireNormalizedModulatedConv) },
  // mapping
  { names: /^(tri|deep|noc|disc)/, wire: operation(wireMappingNetwork) },
  // discriminator
  { names: /^d\d+/, wire: wireDiscriminator },
  // training
  { names: /^(Gmain|Greg|Dmain|Dreg)/, wire: wirePhase },
];

/** @returns undefined for a case of no known kind */
export function kindOfCase(name: string): CaseKind | undefined {
  return CASE_KINDS.find(({ names }) => names.test(name));
}
