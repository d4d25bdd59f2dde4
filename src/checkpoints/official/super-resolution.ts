/**
 * The official super-resolution modules (EG3D section 4.3 and supplement) by class name: the side to which the feature image is resized,
 * which of the two blocks doubles it, and whether a larger feature image is shrunk.
 */

export interface SuperResolutionLayout {
  readonly inputResolution: number;
  readonly upsample: readonly [boolean, boolean];
  readonly resize: 'when-different' | 'when-smaller';
  /** Of each block, in the official code. What a file has is told by its weights. */
  readonly channels: readonly [number, number];
  /** Whether the module itself keeps a resampling filter, beside those of its layers. */
  readonly hasFilter: boolean;
}

export const OFFICIAL_SUPER_RESOLUTION: Readonly<Record<string, SuperResolutionLayout>> = {
  SuperresolutionHybrid2X: {
    inputResolution: 64,
    upsample: [false, true],
    resize: 'when-different',
    channels: [128, 64],
    hasFilter: true,
  },
  SuperresolutionHybrid4X: {
    inputResolution: 128,
    upsample: [false, true],
    resize: 'when-smaller',
    channels: [128, 64],
    hasFilter: true,
  },
  SuperresolutionHybrid8X: {
    inputResolution: 128,
    upsample: [true, true],
    resize: 'when-different',
    channels: [128, 64],
    hasFilter: false,
  },
  SuperresolutionHybrid8XDC: {
    inputResolution: 128,
    upsample: [true, true],
    resize: 'when-different',
    channels: [256, 128],
    hasFilter: false,
  },
};

/** The module whose two blocks work at these sides (their noise tells); undefined for none that is known. 8X and 8XDC work alike. */
export function superResolutionOfSides(first: number, second: number): SuperResolutionLayout | undefined {
  return Object.values(OFFICIAL_SUPER_RESOLUTION).find(({ inputResolution, upsample }) => {
    const side = inputResolution * (upsample[0] ? 2 : 1);
    return first === side && second === side * (upsample[1] ? 2 : 1);
  });
}
