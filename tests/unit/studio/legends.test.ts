import { describe, expect, test } from 'vitest';
import { homeOf, orbitAt } from '../../../src/camera/orbit';
import { differenceRgba } from '../../../src/studio/compare/comparison-pictures';
import { densityShare, mapColours, normalsBall } from '../../../src/studio/compare/legends';

const SIDE = 33;
const MIDDLE = (SIDE - 1) / 2;

/** Red, green, blue and alpha of a pixel of a ball. */
function pixel(ball: Uint8ClampedArray, column: number, row: number): number[] {
  return [...ball.slice((row * SIDE + column) * 4, (row * SIDE + column) * 4 + 4)];
}

describe('legends', () => {
  test('of a difference: the colours that differences have', () => {
    const grey = (value: number) => new Float32Array(3).fill(value);
    const colours = mapColours('diverging', 3);
    expect(colours[0]).toBe(`rgb(${[...differenceRgba(grey(1), grey(-1)).slice(0, 3)].join(' ')})`);
    expect(colours[2]).toBe(`rgb(${[...differenceRgba(grey(-1), grey(1)).slice(0, 3)].join(' ')})`);
  });

  test('of density: where meshes are cut is a little beyond the middle, and nothing is at the beginning', () => {
    expect(densityShare(10)).toBeCloseTo(0.59, 2);
    expect(densityShare(5)).toBeCloseTo(0.33, 2);
    expect(densityShare(20)).toBeCloseTo(0.85, 2);
    expect(densityShare(-20)).toBeCloseTo(0, 6);
  });

  test('of normals: from the front red is right, green is up, and the middle faces the camera', () => {
    const ball = normalsBall(orbitAt(homeOf()), SIDE);
    expect(pixel(ball, MIDDLE, MIDDLE)).toEqual([128, 128, 255, 255]);
    expect(pixel(ball, SIDE - 1, MIDDLE)[0]).toBeGreaterThan(245);
    expect(pixel(ball, 0, MIDDLE)[0]).toBeLessThan(10);
    expect(pixel(ball, MIDDLE, 0)[1]).toBeGreaterThan(245);
    expect(pixel(ball, 0, 0)[3]).toBe(0);
  });

  test('of normals: the ball turns with the camera', () => {
    const ball = normalsBall({ ...orbitAt(homeOf()), yaw: Math.PI / 2 }, SIDE);
    const [red, , blue] = pixel(ball, MIDDLE, MIDDLE);
    expect(Math.abs(red! - 127.5)).toBeGreaterThan(120); // looked at from the side, x is what faces the camera
    expect(blue).toBe(128);
  });
});
