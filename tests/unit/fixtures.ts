/**
 * Fixtures for tests that run in Node: the reference vectors in tests/fixtures, read with our own reader, and the
 * comparison that every numeric test uses. Prints the largest error, so that a run shows how near the limit it is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Checkpoint, parseSafetensors } from '../../src/checkpoints/safetensors';
import { fixturePath } from '../support/fixture-path';

/** @param name such as 'rays' or 'small/small-eg3d', without ending */
export function readFixture(name: string): Checkpoint {
  return parseSafetensors(readFileSync(fixturePath(`${name}.safetensors`)));
}

/** A bundled model's file. @param name such as 'portrait-eg3d' */
export function readModel(name: string): Checkpoint {
  return parseSafetensors(readFileSync(join(import.meta.dirname, '../../public/weights', `${name}.safetensors`)));
}

/** The options of a case, which the metadata keep as JSON under its name. */
export function caseOptions<Options>(fixture: Checkpoint, name: string): Options {
  return JSON.parse(fixture.metadata[name] ?? '{}');
}

/** Largest absolute difference; NaN and a difference in length count as Infinity. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return largest;
}

/** Fails if any element is farther off than `tolerance`; prints the largest error in any case. */
export function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const error = largestError(actual, expected);
  console.info(`${what}: largest error ${error.toExponential(2)} (allowed ${tolerance})`);
  expect(error, what).toBeLessThanOrEqual(tolerance);
}
