/**
 * Fourier feature encoding (Tancik et al. 2020): a network that is given few coordinates learns slowly what changes quickly with them; given sines and
 * cosines of many frequencies it does not. (StyleGAN3's picture of waves is another thing: pipelines/resampling/fourier-features.ts.)
 */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import wavesShader from '../../shaders/encoding/waves.wgsl';
import gradientShader from '../../shaders/encoding/waves-gradient.wgsl';
import { fullyConnected } from '../dense/fully-connected';

const KERNEL = defineKernel(wavesShader);
const GRADIENT = defineKernel(gradientShader);

/**
 * sin(2 pi B x) and cos(2 pi B x).
 * @param input x, [N, K]
 * @param frequencies B transposed, in cycles per unit of x: [K rounded up to four, F] in the order of `inputsFirst`, F a multiple of four
 * @returns [N, 2 F]: F sines, then F cosines
 * @throws ShapeError
 */
export function fourierEncoding(plan: PlanBuilder, input: Tensor, frequencies: Tensor): Tensor {
  return waves(plan, fullyConnected(plan, input, { weight: frequencies }));
}

/** Sine and cosine of whole turns, to 1e-7. @param cycles [N, F], F a multiple of four @returns [N, 2 F] @throws ShapeError */
export function waves(plan: PlanBuilder, cycles: Tensor): Tensor {
  const [rows, count] = cycles.shape;
  if (cycles.shape.length !== 2 || count! % 4 !== 0) {
    throw new ShapeError(`waves: "${cycles.label}" is [${cycles.shape}], expected [N, F] with F a multiple of four`);
  }
  const output = plan.scratch(`${cycles.label} waves`, [rows!, 2 * count!]);
  const eachGroup = { params: { rows: rows!, groups: count! / 4 }, workgroups: linearGrid((rows! * count!) / 4) };
  plan.dispatch({ kernel: KERNEL, bindings: { cycles, output }, ...eachGroup });
  plan.record({
    inputs: [cycles],
    outputs: [output],
    backward: ([gradient]) => {
      const ofCycles = plan.scratch(`${cycles.label} gradient`, cycles.shape);
      plan.dispatch({ kernel: GRADIENT, bindings: { waves: output, gradient, output: ofCycles }, ...eachGroup });
      return [ofCycles];
    },
  });
  return output;
}
