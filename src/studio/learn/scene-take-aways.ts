/** What a learnt scene leaves as, beside its own file: its surface as a mesh, and a video once around. */
import { orbitLabel } from '../../camera/orbit-pose';
import { type Mesh, triangleNormal } from '../../geometry/mesh';
import { type DensityGrid, voxelCentre } from '../../geometry/voxel-grid';
import type { Gpu } from '../../gpu/device';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import { BOX_SIDE } from '../../training/scene/scene-field';
import type { SceneRenderer } from '../../training/scene/scene-renderer';
import type { MadeFile } from '../export/exports';
import { SurfaceWorker } from '../export/surface-worker';
import type { VideoFormat } from '../export/video-file';
import { planVideo } from '../export/video-plan';
import type { LearntPicture } from './learn-state';
import type { TakeAwayContext } from './page-learner';

/** A scene, learning or not. */
export interface SceneOnDevice {
  readonly gpu: Gpu;
  readonly renderer: SceneRenderer;
}

/** Voxels on a side. */
const RESOLUTION = { software: 96, hardware: 256 };
/** Asked for at once: each time the scene tells first where it is. */
const LAYERS = 16;
/**
 * Density that counts as the surface, in parts of light lost per unit of length: two thirds of it within a thirtieth of the box. Where nothing is so dense
 * yet, it is half of the largest density.
 */
const LEVEL = 32;
/** How the work is divided, for a bar. */
const SHARES = { density: 0.7, surface: 0.8 };
/** Of the video. */
const LENGTH = { seconds: 6, fps: { software: 8, hardware: 24 } };
const FORMATS: readonly VideoFormat[] = ['mp4', 'webm'];

/** @throws MeshFailedError for a scene that has no surface yet; the signal's reason */
export async function sceneMesh(
  { renderer, gpu }: SceneOnDevice,
  { signal, onProgress, run }: Pick<TakeAwayContext, 'signal' | 'onProgress' | 'run'>,
): Promise<MadeFile> {
  const resolution = gpu.adapter.isSoftware ? RESOLUTION.software : RESOLUTION.hardware;
  const grid: DensityGrid = { resolution, side: BOX_SIDE, values: new Float32Array(resolution ** 3) };
  for (let first = 0; first < resolution; first += LAYERS) {
    const count = Math.min(LAYERS, resolution - first);
    const said = await renderer.at(layersOf(grid, first, count), run);
    signal.throwIfAborted();
    const from = first * resolution ** 2;
    for (let place = 0; place < said.length / 4; place++) grid.values[from + place] = said[4 * place + 3]!;
    onProgress((SHARES.density * (first + count)) / resolution);
  }
  const worker = new SurfaceWorker(grid);
  const stop = () => worker.end(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    const highest = grid.values.reduce((most, value) => Math.max(most, value), 0);
    const level = Math.min(LEVEL, highest / 2);
    const plain = await worker.surface({ level, smoothing: 0, allComponents: true });
    onProgress(SHARES.surface);
    const said = await renderer.at(plain.positions, run);
    const colours = plain.positions.map((_, at) => said[4 * Math.floor(at / 3) + (at % 3)]!);
    const mesh = { ...plain, colours, normals: vertexNormals(plain) };
    const bytes = await worker.meshFile('glb', mesh, 'scene');
    return { name: 'scene.glb', blob: new Blob([bytes], { type: 'model/gltf-binary' }) };
  } finally {
    signal.removeEventListener('abort', stop);
    worker.end();
  }
}

/** @throws VideoEncodingError, OutOfRoomError; the signal's reason */
export async function sceneVideo(
  { gpu }: SceneOnDevice,
  { signal, onProgress, render, pose }: Pick<TakeAwayContext, 'signal' | 'onProgress' | 'render' | 'pose'>,
): Promise<MadeFile> {
  const { yaw, pitch, radius, focal, pivot } = pose;
  const fps = gpu.adapter.isSoftware ? LENGTH.fps.software : LENGTH.fps.hardware;
  const from = { yaw, pitch, radius, focal, pivot };
  const { frames } = planVideo({
    kind: 'turntable',
    seconds: LENGTH.seconds,
    fps,
    from,
    motion: { kind: 'turn', turns: 1 },
  });
  const frame = async (index: number) => rgba(await render(orbitLabel(frames[index]!.pose)));
  const { width: side } = await render(orbitLabel(from));
  const request = { fps, frameCount: frames.length, frame, signal, onProgress };
  const { videoCodecFor, encodeVideo } = await import('../export/video-file');
  for (const format of FORMATS) {
    if (!(await videoCodecFor(format, { side, fps }))) continue;
    const { blob, extension } = await encodeVideo({ ...request, format, side });
    return { name: `scene.${extension}`, blob };
  }
  const { blob } = await (await import('../export/frames-zip')).zipFrames(request);
  return { name: 'scene-frames.zip', blob };
}

function rgba({ width, height, rgb }: LearntPicture): PictureRgba {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[4 * pixel + channel] = (rgb[3 * pixel + channel]! + 1) * 127.5;
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}

/** [count N^2, 3]: the middles of the voxels of some layers along z. */
function layersOf(grid: DensityGrid, first: number, count: number): Float32Array {
  const { resolution } = grid;
  const positions = new Float32Array(3 * count * resolution ** 2);
  for (let place = 0; place < positions.length / 3; place++) {
    const [x, y, z] = [
      place % resolution,
      Math.floor(place / resolution) % resolution,
      Math.floor(place / resolution ** 2),
    ];
    positions.set([voxelCentre(grid, x), voxelCentre(grid, y), voxelCentre(grid, first + z)], 3 * place);
  }
  return positions;
}

/** The mean of the triangles around each vertex, each as much as it is large. */
function vertexNormals({ positions, indices }: Mesh): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let corner = 0; corner < indices.length; corner += 3) {
    const corners = [indices[corner]! * 3, indices[corner + 1]! * 3, indices[corner + 2]! * 3] as const;
    const normal = triangleNormal(positions, ...corners);
    for (const at of corners) for (let axis = 0; axis < 3; axis++) normals[at + axis]! += normal[axis]!;
  }
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at]!, normals[at + 1]!, normals[at + 2]!) || 1;
    for (let axis = 0; axis < 3; axis++) normals[at + axis]! /= length;
  }
  return normals;
}
