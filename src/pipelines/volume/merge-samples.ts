/** Coarse and fine samples of rays in one list, sorted by depth. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import mergeSamplesShader from '../../shaders/volume/stages/merge-samples.wgsl';
import gradientShader from '../../shaders/volume/stages/merge-samples-gradient.wgsl';
import type { RaySamples } from './marcher';

const KERNEL = defineKernel(mergeSamplesShader);
const GRADIENT = defineKernel(gradientShader);

/** Concatenates along S and sorts by depth; of equal depths the coarse sample comes first. @throws ShapeError */
export function mergeSamples(plan: PlanBuilder, coarse: RaySamples, fine: RaySamples): RaySamples {
  const [batch, rays, coarseSamples] = coarse.depths.shape;
  const fineSamples = fine.depths.shape[2]!;
  const rows = batch! * rays!;
  const merge = (label: string, values: Tensor, fineValues: Tensor): Tensor => {
    const channels = values.shape[3]!;
    expectShape(values, [batch!, rays!, coarseSamples!, channels], 'mergeSamples coarse');
    expectShape(fineValues, [batch!, rays!, fineSamples, channels], 'mergeSamples fine');
    const merged = plan.scratch(`merged ${label}`, [batch!, rays!, coarseSamples! + fineSamples, channels]);
    const order = { depths: coarse.depths, fineDepths: fine.depths };
    const params = { rows, coarseSamples: coarseSamples!, fineSamples, groups: values.stride / 4 };
    const workgroups = linearGrid(rows * (coarseSamples! + fineSamples));
    plan.dispatch({ kernel: KERNEL, bindings: { ...order, values, fineValues, merged }, params, workgroups });
    plan.record({
      inputs: [values, fineValues],
      outputs: [merged],
      backward: ([gradient]) => {
        const ofValues = plan.scratch(`${label} gradient`, values.shape);
        const ofFine = plan.scratch(`fine ${label} gradient`, fineValues.shape);
        const bindings = { ...order, merged: gradient, values: ofValues, fineValues: ofFine };
        plan.dispatch({ kernel: GRADIENT, bindings, params, workgroups });
        return [ofValues, ofFine];
      },
    });
    return merged;
  };
  return {
    depths: merge('depths', coarse.depths, fine.depths),
    sigma: merge('sigma', coarse.sigma, fine.sigma),
    colours: merge('colours', coarse.colours, fine.colours),
  };
}
