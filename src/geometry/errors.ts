/** What can go wrong between a face and a mesh of it. Every error carries the value and the limit, and says what to do next. */

import { TrifoldError } from '../errors';

/** Base of all errors that the `geometry` folder throws. */
export abstract class GeometryError extends TrifoldError {}

/** The density is above or below the chosen level everywhere. */
export class NoSurfaceError extends GeometryError {
  override readonly code = 'no-surface';

  constructor(
    readonly level: number,
    readonly lowest: number,
    readonly highest: number,
  ) {
    super(
      `There is no surface at level ${level}: the density runs from ${lowest.toPrecision(4)} to ${highest.toPrecision(4)}.`,
      'Choose a level between the two.',
    );
  }
}

/** A grid with too many samples on a side, or too few, or not a whole number of them. */
export class GridResolutionError extends GeometryError {
  override readonly code = 'grid-resolution';

  /** Memory of the grid that was asked for. */
  readonly bytes: number;

  constructor(
    readonly resolution: number,
    readonly least: number,
    readonly most: number,
  ) {
    const bytes = resolution ** 3 * 4;
    super(
      `A density grid takes ${least} to ${most} samples on a side (${megabytes(most ** 3 * 4)} MB), not ${resolution}` +
        `${resolution > most ? ` (${megabytes(bytes)} MB)` : ''}.`,
      resolution > most ? 'Lower the resolution.' : 'Give a whole number within the range.',
    );
    this.bytes = bytes;
  }

  /** Memory of the largest grid. */
  get limit(): number {
    return this.most ** 3 * 4;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
