/** Files of a mesh and of a volume, read again: by Khronos' validator and gltf-transform, and by the few lines that each plain format needs. */
import { WebIO } from '@gltf-transform/core';
import { validateBytes } from 'gltf-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalsOf } from '../../../src/geometry/face-mesh';
import { marchingCubes } from '../../../src/geometry/marching-cubes';
import type { Mesh } from '../../../src/geometry/mesh';
import { encodeMesh } from '../../../src/geometry/mesh-files';
import { encodeMrc } from '../../../src/geometry/volume-mrc';
import { fieldGrid, sphere } from './density-fields';

let mesh: Required<Mesh>;
let plain: Mesh;

beforeAll(async () => {
  plain = await marchingCubes(fieldGrid(12, 1, sphere), 0);
  const { positions } = plain;
  const gradients = positions.map((value) => -value);
  const colours = positions.map((value, k) => (k < 3 ? [0.02, 0.5, 1][k]! : value + 0.5));
  mesh = { ...plain, colours, normals: normalsOf(gradients, plain) };
});

/** Largest difference of two lists of numbers. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, k) => Math.max(largest, Math.abs(value - b[k]!)), 0);
}

describe('GLB', () => {
  it('passes the validator without errors and warnings, with all attributes and with none', async () => {
    for (const given of [mesh, plain]) {
      const { issues, info } = await validateBytes(await encodeMesh('glb', given, 'ball'));
      expect(issues.messages).toEqual([]);
      expect(issues).toMatchObject({ numErrors: 0, numWarnings: 0 });
      expect(info).toMatchObject({
        totalVertexCount: given.positions.length / 3,
        totalTriangleCount: given.indices.length / 3,
      });
    }
  });

  it('has the positions as they are and linear colours', async () => {
    const document = await new WebIO().readBinary(await encodeMesh('glb', mesh, 'ball'));
    const [found] = document.getRoot().listMeshes();
    expect(found!.getName()).toBe('ball');
    const [primitive] = found!.listPrimitives();
    expect(primitive!.getIndices()!.getArray()).toEqual(mesh.indices);
    expect(primitive!.getAttribute('POSITION')!.getArray()).toEqual(mesh.positions);
    expect(primitive!.getAttribute('NORMAL')!.getArray()).toEqual(mesh.normals);
    const linear: number[] = primitive!.getAttribute('COLOR_0')!.getElement(0, [0, 0, 0]);
    expect(linear).toEqual([0.02 / 12.92, 0.21404, 1].map((value) => expect.closeTo(value, 4)));
  });
});

it('PLY holds positions, normals, sRGB bytes and faces', async () => {
  const bytes = await encodeMesh('ply', mesh, 'ball');
  const header = new TextDecoder('latin1').decode(bytes).split('end_header\n')[0]!;
  const lines = header.split('\n');
  const vertices = Number(lines.find((line) => line.startsWith('element vertex'))!.split(' ')[2]);
  const faces = Number(lines.find((line) => line.startsWith('element face'))!.split(' ')[2]);
  expect(lines.filter((line) => line.startsWith('property')).map((line) => line.split(' ').pop())).toEqual(
    'x y z nx ny nz red green blue vertex_indices'.split(' '),
  );
  const view = new DataView(bytes.buffer, header.length + 'end_header\n'.length);
  expect(view.byteLength).toBe(vertices * 27 + faces * 13);
  const [positions, normals, colours, indices]: number[][] = [[], [], [], []];
  for (let vertex = 0; vertex < vertices; vertex++) {
    for (let k = 0; k < 3; k++) {
      positions!.push(view.getFloat32(vertex * 27 + k * 4, true));
      normals!.push(view.getFloat32(vertex * 27 + 12 + k * 4, true));
      colours!.push(view.getUint8(vertex * 27 + 24 + k) / 255);
    }
  }
  for (let face = 0; face < faces; face++) {
    const at = vertices * 27 + face * 13;
    expect(view.getUint8(at)).toBe(3);
    for (let k = 0; k < 3; k++) indices!.push(view.getInt32(at + 1 + k * 4, true));
  }
  expect(difference(positions!, mesh.positions)).toBe(0);
  expect(difference(normals!, mesh.normals)).toBe(0);
  expect(difference(colours!, mesh.colours)).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
  expect(difference(indices!, mesh.indices)).toBe(0);
});

it('PLY without colours and normals has neither property', async () => {
  const text = new TextDecoder('latin1').decode(await encodeMesh('ply', plain, 'ball'));
  expect(text).not.toContain('red');
  expect(text).not.toContain('nx');
});

it('OBJ holds positions with colours, normals and faces counted from 1', async () => {
  const text = new TextDecoder().decode(await encodeMesh('obj', mesh, 'ball'));
  const rows = (keyword: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${keyword} `))
      .map((line) => line.split(' ').slice(1));
  const numbers = (list: string[][]) => list.flat().map(Number);
  expect(rows('o')).toEqual([['ball']]);
  expect(difference(numbers(rows('v').map((row) => row.slice(0, 3))), mesh.positions)).toBeLessThan(1e-6);
  expect(difference(numbers(rows('v').map((row) => row.slice(3))), mesh.colours)).toBeLessThan(1e-4);
  expect(difference(numbers(rows('vn')), mesh.normals)).toBeLessThan(1e-4);
  const faces = rows('f').flat();
  expect(faces.every((corner) => /^(\d+)\/\/\1$/.test(corner))).toBe(true);
  expect(
    difference(
      faces.map((corner) => Number.parseInt(corner, 10) - 1),
      mesh.indices,
    ),
  ).toBe(0);
});

it('STL holds the triangles with flat normals that point outwards', async () => {
  const bytes = await encodeMesh('stl', mesh, 'ball');
  const view = new DataView(bytes.buffer);
  const triangles = view.getUint32(80, true);
  expect(bytes.byteLength).toBe(84 + 50 * triangles);
  expect(new TextDecoder().decode(bytes.subarray(0, 5))).not.toBe('solid');
  const corners: number[] = [];
  for (let triangle = 0; triangle < triangles; triangle++) {
    const floats = Array.from({ length: 12 }, (_, k) => view.getFloat32(84 + triangle * 50 + k * 4, true));
    expect(Math.hypot(floats[0]!, floats[1]!, floats[2]!)).toBeCloseTo(1, 5);
    // The ball is about the origin: its normals go the way of its corners.
    expect(floats[0]! * floats[3]! + floats[1]! * floats[4]! + floats[2]! * floats[5]!).toBeGreaterThan(0);
    corners.push(...floats.slice(3));
  }
  const expected = Array.from(mesh.indices).flatMap((vertex) => [
    ...mesh.positions.subarray(vertex * 3, vertex * 3 + 3),
  ]);
  expect(difference(corners, expected)).toBe(0);
});

it('MRC holds the grid with x fastest, and a header that tells where it is', () => {
  const grid = fieldGrid(5, 2, (x, y, z) => x + 10 * y + 100 * z);
  const bytes = encodeMrc(grid);
  const view = new DataView(bytes.buffer);
  const integers = (word: number, count: number) =>
    Array.from({ length: count }, (_, k) => view.getInt32((word - 1 + k) * 4, true));
  const floats = (word: number, count: number) =>
    Array.from({ length: count }, (_, k) => view.getFloat32((word - 1 + k) * 4, true));
  // Words as the publication counts them.
  expect(integers(1, 10)).toEqual([5, 5, 5, 2, 0, 0, 0, 5, 5, 5]);
  expect(floats(11, 6)).toEqual([2, 2, 2, 90, 90, 90]);
  expect(integers(17, 3)).toEqual([1, 2, 3]);
  expect(floats(20, 3)).toEqual([-88.8, 88.8, 0].map((value) => expect.closeTo(value, 4)));
  expect(integers(23, 2)).toEqual([1, 0]);
  expect(integers(28, 1)).toEqual([20141]);
  expect(floats(50, 3)).toEqual([-0.8, -0.8, -0.8].map((value) => expect.closeTo(value, 6)));
  expect(new TextDecoder().decode(bytes.subarray(208, 212))).toBe('MAP ');
  expect([...bytes.subarray(212, 216)]).toEqual([0x44, 0x44, 0, 0]);
  expect(floats(55, 1)[0]).toBeCloseTo(Math.sqrt(0.32 * (1 + 100 + 10_000)), 3);
  expect(new Float32Array(bytes.buffer, 1024)).toEqual(grid.values);
  expect(grid.values[1]! - grid.values[0]!).toBeCloseTo(0.4, 5);
});
