/**
 * Colours for feature planes: the three directions along which the features vary most become red, green and blue (principal components, as
 * the EG3D paper's followers show their planes). All planes share them, so that equal colours are equal features.
 */
import { GpuError } from '../../gpu/errors';
import { directionsOf, LatentMoments } from '../../models/faces/directions';

/** Of the values along a component, the share at each end that goes beyond the darkest and the brightest. */
const CUT_SHARE = 0.02;
const COLOURS = 3;

export interface PlaneColours {
  /** [3, C] */
  readonly basis: Float32Array;
  /** [3]: colour = basis * features + offset, -1 to 1 for all but {@link CUT_SHARE} at each end. */
  readonly offsets: Float32Array;
}

/** Feature planes of which no colours can be made. */
export class PlaneValueError extends GpuError {
  override readonly code = 'plane-value';

  constructor(readonly value: number) {
    super(
      `The feature planes of this face hold ${value}.`,
      'Open the model file again: its weights may be damaged. Or choose another face.',
    );
  }
}

/**
 * @param features [M, C], a row for each texel, of all planes
 * @returns the same for the same features; features that do not vary along a component become its middle
 * @throws PlaneValueError for a number that is not finite
 */
export function planeColours(features: Float32Array, channels: number): PlaneColours {
  const wrong = features.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new PlaneValueError(wrong);
  const moments = new LatentMoments(channels);
  moments.add(features);
  const { directions } = directionsOf(moments, COLOURS);
  const basis = new Float32Array(COLOURS * channels);
  const offsets = new Float32Array(COLOURS);
  directions.forEach((direction, colour) => {
    const [low, high] = innerRange(projected(features, direction));
    if (high <= low) return;
    const scale = 2 / (high - low);
    basis.set(
      direction.map((value) => value * scale),
      colour * channels,
    );
    offsets[colour] = -1 - low * scale;
  });
  return { basis, offsets };
}

function projected(features: Float32Array, direction: Float32Array): Float32Array {
  const channels = direction.length;
  return Float32Array.from({ length: features.length / channels }, (_, row) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += features[row * channels + channel]! * direction[channel]!;
    return sum;
  });
}

/** The values between which all but the outermost lie. */
function innerRange(values: Float32Array): [number, number] {
  const sorted = values.toSorted();
  const cut = Math.floor((sorted.length - 1) * CUT_SHARE);
  return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
}
