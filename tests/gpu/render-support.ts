/** What the tests of volume rendering share: the reference's plane axes and its decoder. */
import type { Checkpoint } from '../../src/checkpoints/safetensors';
import type { DecoderArrays } from '../../src/pipelines/volume/decoder';
import type { TriPlaneAxes } from '../../src/pipelines/volume/rendering-options';
import { permute } from './support';

/** The official planes: (x, y), (x, z) and (z, x); there is no yz plane. */
export const EG3D_PLANE_AXES: TriPlaneAxes = [
  [0, 1],
  [0, 2],
  [2, 0],
];

/** Extents of the official decoder. */
export const DECODER = { planeChannels: 32, decoderHiddenWidth: 64, decoderOutputs: 32 } as const;

/** A decoder's parameters; `name` is a case of the file `render`. */
export function decoderArrays(file: Checkpoint, name: string): DecoderArrays {
  const prefix = name === 'full' ? 'full.param.decoder' : `${name}.param`;
  return {
    hiddenWeight: file.floats(`${prefix}.net.0.weight`),
    hiddenBias: file.floats(`${prefix}.net.0.bias`),
    outputWeight: file.floats(`${prefix}.net.2.weight`),
    outputBias: file.floats(`${prefix}.net.2.bias`),
  };
}

/** [N, planes, C, H, W] of the file as [N, H, W, planes * C]. */
export function planesChannelsLast(file: Checkpoint, name: string): Float32Array {
  const [batch, planes, channels, height, width] = file.info(name).shape;
  return permute(file.floats(name), [batch!, planes! * channels!, height!, width!], [0, 2, 3, 1]);
}
