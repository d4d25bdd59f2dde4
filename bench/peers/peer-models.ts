/**
 * The peers' model files (README.md): ONNX files of single operations and of an EG3D-like generator with random weights, with inputs and outputs as
 * PyTorch computed them. They are no part of the repository; a run without them races fewer contenders on fewer cases.
 */
import { type OnnxGraph, readOnnxRounded } from './onnx';

/** Reads a file by its path inside the folder; undefined if there is none. */
export type FileReader = (path: string) => Promise<ArrayBuffer | undefined>;

export interface PeerFile {
  /** The bytes, with rounded weights. */
  readonly bytes: Uint8Array;
  readonly graph: OnnxGraph;
}

export class PeerModels {
  #files = new Map<string, PeerFile>();

  constructor(private readonly read: FileReader) {}

  /** An ONNX file, for example "ops/conv_64_64"; undefined if the folder is not there. */
  async file(name: string): Promise<PeerFile | undefined> {
    const known = this.#files.get(name);
    if (known) return known;
    const buffer = await this.read(`${name}.onnx`);
    if (!buffer) return undefined;
    const bytes = new Uint8Array(buffer);
    const file = { bytes, graph: readOnnxRounded(bytes) };
    this.#files.set(name, file);
    return file;
  }

  /** Recorded numbers of the generator, for example "planes". @throws Error if there are none */
  async recorded(name: string): Promise<Float32Array> {
    const buffer = await this.read(`eg3d/${name}.f32`);
    if (!buffer) throw new Error(`eg3d/${name}.f32 is not among the peers' files`);
    return new Float32Array(buffer);
  }
}
