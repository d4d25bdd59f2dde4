/** What the page and the worker that finds surfaces say to each other. */
import type { DensityGrid } from '../../geometry/density-grid';
import type { SurfaceOptions } from '../../geometry/face-mesh';
import type { Mesh } from '../../geometry/mesh';
import type { MeshFormat } from '../../geometry/mesh-files';

export type MeshRequest =
  /** The grid that the requests after it are about; it is answered by nothing. */
  | { readonly kind: 'grid'; readonly grid: DensityGrid }
  | { readonly kind: 'surface'; readonly options: SurfaceOptions }
  | { readonly kind: 'mesh-file'; readonly format: MeshFormat; readonly mesh: Mesh; readonly name: string }
  /** The grid itself as MRC. */
  | { readonly kind: 'volume-file' };

/** An error with what the page tells of it. */
export interface PackedMeshError {
  readonly message: string;
  /** Undefined for an error that nobody has foreseen. */
  readonly remedy: string | undefined;
}

export type MeshReply =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'surface'; readonly mesh: Mesh }
  | { readonly kind: 'file'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'error'; readonly error: PackedMeshError };
