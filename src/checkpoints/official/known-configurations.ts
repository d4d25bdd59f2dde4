/**
 * Facts that weights do not decide, as the published models of each kind were trained. A state dict saved alone needs one of these, or the
 * facts themselves. Fields as in docs/model-format.md.
 */
import { MissingFactsError } from '../errors';
import type { LayoutFields } from './weight-facts';

const FACES: LayoutFields = {
  box_warp: 1,
  ray_start: 2.25,
  ray_end: 3.3,
  depth_resolution: 48,
  depth_resolution_importance: 48,
  white_back: false,
  neural_rendering_resolution: 128,
  c_gen_conditioning_zero: false,
  c_scale: 1,
  avg_camera_radius: 2.7,
  // What the published super-resolutions clamp at; backbones do not.
  sr_conv_clamp: 256,
};

/** By the name that the official training script gives them. */
export const KNOWN_CONFIGURATIONS = {
  ffhq: { ...FACES, avg_camera_pivot: [0, 0, 0.2] },
  afhq: { ...FACES, avg_camera_pivot: [0, 0, -0.06] },
  shapenet: {
    ...FACES,
    box_warp: 1.6,
    ray_start: 0.1,
    ray_end: 2.6,
    depth_resolution: 64,
    depth_resolution_importance: 64,
    white_back: true,
    neural_rendering_resolution: 64,
    avg_camera_radius: 1.7,
    avg_camera_pivot: [0, 0, 0],
  },
} as const satisfies Record<string, LayoutFields>;

export type KnownConfiguration = keyof typeof KNOWN_CONFIGURATIONS;

/** Without these no picture can be right. */
const NEEDED = ['box_warp', 'ray_start', 'ray_end', 'depth_resolution', 'neural_rendering_resolution'];
/** A whole network that leaves these out means the official default; a state dict means nothing. */
const NEEDED_BESIDE_WEIGHTS = ['depth_resolution_importance', 'white_back', 'c_gen_conditioning_zero', 'c_scale'];

/** @throws MissingFactsError that names the fields */
export function requireFacts(fields: LayoutFields, isWeightsAlone: boolean): void {
  const needed = isWeightsAlone ? [...NEEDED, ...NEEDED_BESIDE_WEIGHTS] : NEEDED;
  const missing = needed.filter((field) => fields[field] === undefined);
  if (missing.length > 0) throw new MissingFactsError(missing);
}

/** The two focal lengths of the official video script, in units of the image's side: faces and cats; ShapeNet. */
const OFFICIAL_FOCALS = [4.2647, 1.7074];
/** What both show of the box: its side times this is the view's half-width at the pivot, about. */
const VIEWED_SHARE = 0.63;

/** Files do not name the focal length. Of the official two, the one under which the box fills the view as in the official pictures. */
export function likelyFocal(radius: number, boxWarp: number): number {
  const misfit = (focal: number) => Math.abs(Math.log(radius / (focal * boxWarp * VIEWED_SHARE)));
  return OFFICIAL_FOCALS.reduce((best, focal) => (misfit(focal) < misfit(best) ? focal : best));
}
