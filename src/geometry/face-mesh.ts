/**
 * What a mesh needs of the device, at both ends of the way: a face's planes, which the density grid is sampled from (density-grid.ts), and colours
 * and normals for the surface that is found in the grid (surface.ts).
 */
import { PlanBuilder } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import type { Tensor } from '../gpu/tensor';
import { type Generator, type MappingInputs, wireMapping, wireTriPlanes } from '../models/generator';
import { decodeAtPoints } from './density-grid';
import type { DeviceJob } from './long-job';
import { type Mesh, triangleNormal } from './mesh';

/** The tri-planes of one face, made outside of any renderer. */
export interface FacePlanes {
  /** [1, R, R, 96] */
  readonly planes: Tensor;
  /** Frees the planes. */
  destroy(): void;
}

/**
 * Runs mapping and backbone once. A renderer's planes serve just as well.
 * @param face `z` of one face
 * @throws BufferLimitError, KernelCompileError, MissingTensorError and the like
 */
export async function makeFacePlanes(generator: Generator, face: MappingInputs): Promise<FacePlanes> {
  const builder = new PlanBuilder(generator.host, 'tri-planes');
  try {
    const mapping = wireMapping(builder, generator, 1);
    const { planes } = wireTriPlanes(builder, generator, mapping.ws);
    const plan = await builder.build();
    mapping.write(face);
    const recorder = new Recorder(generator.host);
    recorder.run(plan);
    recorder.submit();
    return { planes, destroy: () => plan.destroy() };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/**
 * Gives a mesh the decoder's colours and, from the gradient of the density, smooth normals.
 * @param voxel side of the voxels that the mesh was made from, in scene units
 * @throws the signal's reason; BufferLimitError, KernelCompileError
 */
export async function shadeMesh(
  generator: Generator,
  planes: Tensor,
  { positions, indices }: Mesh,
  voxel: number,
  job: DeviceJob = {},
): Promise<Required<Mesh>> {
  const { colours, gradients } = await decodeAtPoints(generator, planes, positions, voxel, job);
  return { positions, indices, colours, normals: normalsOf(gradients, { positions, indices }) };
}

/** A normal that is farther than 60 degrees from those of its triangles is not believed. */
const LEAST_AGREEMENT = 0.5;

/**
 * Unit vectors against the density's gradients. Where that has no direction or contradicts the triangles, as on the flat cut at the box's faces,
 * the normal is that of the triangles around.
 * @param gradients [V, 3]
 * @returns [V, 3]
 */
export function normalsOf(gradients: Float32Array, mesh: Mesh): Float32Array {
  const normals = new Float32Array(gradients.length);
  const fromTriangles = summedTriangleNormals(mesh);
  for (let k = 0; k < normals.length; k += 3) {
    const triangles = unit(fromTriangles[k]!, fromTriangles[k + 1]!, fromTriangles[k + 2]!) ?? UP;
    const gradient = unit(-gradients[k]!, -gradients[k + 1]!, -gradients[k + 2]!);
    const agrees = gradient && dot(gradient, triangles) >= LEAST_AGREEMENT;
    normals.set(agrees ? gradient : triangles, k);
  }
  return normals;
}

type Vector = readonly [number, number, number];
const UP: Vector = [0, 1, 0];

function unit(x: number, y: number, z: number): Vector | undefined {
  const length = Math.hypot(x, y, z);
  return length > 0 && length < Number.POSITIVE_INFINITY ? [x / length, y / length, z / length] : undefined;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** For each vertex the sum of the normals of its triangles, by area. */
function summedTriangleNormals({ positions, indices }: Mesh): Float32Array {
  const sums = new Float32Array(positions.length);
  for (let corner = 0; corner < indices.length; corner += 3) {
    const [a, b, c] = [indices[corner]! * 3, indices[corner + 1]! * 3, indices[corner + 2]! * 3];
    const normal = triangleNormal(positions, a, b, c);
    for (const vertex of [a, b, c]) for (let axis = 0; axis < 3; axis++) sums[vertex + axis]! += normal[axis]!;
  }
  return sums;
}
