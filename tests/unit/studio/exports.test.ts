/** What files are called, what a mesh takes, the levels that a slider offers, and the preview that is drawn of a surface. */
import { describe, expect, it } from 'vitest';
import { marchingCubes } from '../../../src/geometry/marching-cubes';
import { faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { fileNameOf, keepsColours, meshMemory, secondsLeft } from '../../../src/studio/export/exports';
import { densityRange, levelScale, suggestedLevel } from '../../../src/studio/export/mesh-preview';
import { FrameLoop } from '../../../src/studio/view/frame-loop';
import { drawMesh } from '../../../src/ui/export/mesh-picture';
import { fieldGrid, sphere } from '../geometry/density-fields';

describe('an exported file', () => {
  const face = { ...faceOfSeed(12, 14), sources: [seedSource(12), seedSource(3), seedSource(4)] };

  it('is called after the face', () => {
    expect(fileNameOf(face)).toBe('trifold-seed-12');
    expect(fileNameOf({ ...face, mode: 'mix' })).toBe('trifold-mix-12-3');
    expect(fileNameOf({ ...face, mode: 'walk' })).toBe('trifold-walk-12-3-4');
    expect(fileNameOf({ ...face, mode: 'map', mapX: 1.25, mapY: -7 })).toBe('trifold-map-1.3--7.0');
  });

  it('never has a name in its name that the person has typed', () => {
    const saved = { kind: 'face' as const, name: '../../etc/passwd', face };
    expect(fileNameOf({ ...face, sources: [saved] })).toBe('trifold-face');
    expect(fileNameOf({ ...face, mode: 'mix', sources: [saved, seedSource(3)] })).toBe('trifold-mix-face-3');
    const edited = [seedSource(3), seedSource(4, { 1: 2 })];
    expect(fileNameOf({ ...face, mode: 'mix', sources: edited })).toBe('trifold-mix-3-4-edited');
    expect(fileNameOf({ ...face, sources: edited })).toBe('trifold-seed-3'); // the edited one is not to be seen
    const step = { direction: 0, strength: 1, from: 0, to: 3 };
    expect(fileNameOf({ ...face, directions: [step] })).toBe('trifold-seed-12-edited');
  });

  it('of a mesh has colours where the format has room for them', () => {
    expect((['glb', 'ply', 'obj', 'stl', 'mrc'] as const).filter(keepsColours)).toEqual(['glb', 'ply', 'obj']);
  });

  it('of 256^3 voxels takes its densities twice, and the surface', () => {
    expect(meshMemory(256)).toBeGreaterThan(2 * 4 * 256 ** 3);
    expect(meshMemory(256)).toBeLessThan(3 * 4 * 256 ** 3);
  });

  it('tells how long it will take when enough is done', () => {
    expect(secondsLeft(0, 0)).toBeUndefined();
    expect(secondsLeft(0.25, 10_000)).toBeCloseTo(30);
    expect(secondsLeft(1, 10_000)).toBe(0);
  });
});

describe('levels of a surface', () => {
  it('begin at the official one where the density reaches it, else in the middle', () => {
    expect(suggestedLevel([-40, 120])).toBe(10);
    expect(suggestedLevel([-3, 5])).toBe(1);
    expect(suggestedLevel([20, 40])).toBe(30);
  });

  it.each([
    [-42.7, 121.7],
    [-3, 5],
    [20, 40],
    [-900, -800],
    [0.001, 0.002],
  ])('of densities from %f to %f are in steps of a slider, and hold the suggested one', (lowest, highest) => {
    const { least, most, step } = levelScale([lowest, highest]);
    const level = suggestedLevel([lowest, highest]);
    expect(least).toBeLessThanOrEqual(level + step);
    expect(most).toBeGreaterThanOrEqual(level - step);
    expect(most).toBeLessThanOrEqual(highest);
    expect((most - least) / step).toBeGreaterThan(5);
    expect((most - least) / step).toBeLessThan(500);
  });

  it('are within the range of the grid', () => {
    const [lowest, highest] = densityRange(fieldGrid(8, 1, (x) => x));
    expect(lowest).toBeCloseTo(-0.4375);
    expect(highest).toBeCloseTo(0.4375);
  });
});

describe('the preview of a surface', () => {
  const side = 64;
  const covered = (picture: Uint8ClampedArray) => picture.filter((value, at) => at % 4 === 3 && value > 0).length;

  it('draws a sphere as a disc, from everywhere, lit from the upper left', async () => {
    const mesh = await marchingCubes(fieldGrid(24, 1, sphere), 0);
    const disc = Math.PI * (0.48 * side) ** 2;
    for (const [yaw, pitch] of [
      [0, 0],
      [2, 0.5],
      [-1, -1.2],
    ] as const) {
      const picture = drawMesh(mesh, { yaw, pitch, side });
      expect(Math.abs(covered(picture) / disc - 1)).toBeLessThan(0.12);
      const brightness = (x: number, y: number) => picture[(y * side + x) * 4]!;
      expect(brightness(22, 20)).toBeGreaterThan(brightness(42, 44));
    }
  });

  it('turns as the orbit does: a positive yaw shows the side towards +x', () => {
    // A square that looks to +x: seen from there, and from no other side.
    const mesh = {
      positions: Float32Array.of(0, -1, 1, 0, -1, -1, 0, 1, -1, 0, 1, 1),
      indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
    };
    expect(covered(drawMesh(mesh, { yaw: Math.PI / 2, pitch: 0, side }))).toBeGreaterThan(500);
    expect(covered(drawMesh(mesh, { yaw: -Math.PI / 2, pitch: 0, side }))).toBe(0);
  });

  it('leaves an empty mesh empty', () => {
    const mesh = { positions: new Float32Array(), indices: new Uint32Array() };
    expect(covered(drawMesh(mesh, { yaw: 0, pitch: 0, side }))).toBe(0);
  });
});

it('steps of an export get through while frames go on without end', async () => {
  const loop: FrameLoop = new FrameLoop(
    async () => loop.request(), // what turns by itself asks for the next frame in every frame
    (callback) => setTimeout(() => callback(0)),
  );
  loop.request();
  const steps = await Promise.all([1, 2, 3].map((number) => loop.between(async () => number)));
  expect(steps).toEqual([1, 2, 3]);
  loop.stop();
});
