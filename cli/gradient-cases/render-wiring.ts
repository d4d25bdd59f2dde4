/** The cases of the reference's `render`: stages of the volume renderer. */
import { reshaped, type Tensor } from '../../src/gpu/tensor';
import { denseLayer } from '../../src/models/dense-layer';
import { decodeByLayers } from '../../src/pipelines/volume/decoder-layers';
import { sampleGrid3d } from '../../src/pipelines/volume/grid-3d';
import { marchRays } from '../../src/pipelines/volume/marcher';
import type { TriPlaneAxes } from '../../src/pipelines/volume/rendering-options';
import { sampleTriPlanes } from '../../src/pipelines/volume/tri-planes';
import type { CaseWires } from './case-wires';

/** Plane by plane, the coordinates that run along its width and its height, as in the published models. */
const PLANE_AXES: TriPlaneAxes = [
  [0, 1],
  [0, 2],
  [2, 0],
];

export function wirePlaneSamples(wires: CaseWires): void {
  const { plan, options } = wires;
  const [batch, planes, channels, height, width] = wires.shape('planes');
  // [N, planes, C, H, W] is a picture of planes * C channels.
  const texels = wires.picture('planes', [batch!, planes! * channels!, height!, width!]);
  const boxWarp = options.needed(options.number('box_warp'), 'box_warp');
  const plan3 = { planeAxes: PLANE_AXES, planeChannels: channels!, boxWarp };
  wires.output('y', sampleTriPlanes(plan, texels, wires.arranged('x'), plan3));
}

export function wireGridSamples(wires: CaseWires): void {
  const [batch, channels, depth, height, width] = wires.shape('grid');
  const picture = wires.picture('grid', [batch!, channels!, depth! * height!, width!]);
  const grid = reshaped(picture, [batch!, depth!, height!, width!, channels!]);
  wires.output('y', sampleGrid3d(wires.plan, grid, wires.arranged('x')));
}

export function wireDecoder(wires: CaseWires): void {
  const { plan, options } = wires;
  const lrMultiplier = options.number('lr_mul') ?? 1;
  const layer = (name: string) => {
    const [outFeatures, inFeatures] = wires.shape(`${name}.weight`);
    return denseLayer(plan, wires.parameters, name, {
      inFeatures: inFeatures!,
      outFeatures: outFeatures!,
      lrMultiplier,
    });
  };
  const layers = { hidden: layer('net.0'), output: layer('net.2') };
  const { sigma, colours } = decodeByLayers(plan, wires.arranged('features'), layers);
  wires.output('rgb', colours);
  wires.output('sigma', sigma);
}

/** Several cases share their inputs, and differ in the background, which their names tell. */
export function wireMarcher(wires: CaseWires): void {
  const given = (name: string): Tensor => wires.arranged(name);
  const samples = { depths: given('depths'), sigma: given('densities'), colours: given('colors') };
  const marched = marchRays(wires.plan, samples, wires.name.endsWith('white1'));
  wires.output('rgb', marched.picture);
  wires.output('depth', marched.depth);
  wires.output('weights', marched.weights);
}
