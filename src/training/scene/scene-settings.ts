/** What decides how a scene is learnt. */
import type { FieldKindName } from './scene-field';
import type { TriPlaneSettings } from './tri-plane-field';

export interface SceneSettings {
  readonly field: { readonly kind: FieldKindName } & TriPlaneSettings;
  readonly steps: number;
  readonly rays: number;
  readonly samples: number;
  readonly stepsAcross: number;
  readonly occupancy: {
    readonly side: number;
    readonly threshold: number;
    readonly share: number;
    readonly exploreEvery: number;
  };
  readonly gridRate: number;
  readonly networkRate: number;
  readonly lastRate: number;
}
