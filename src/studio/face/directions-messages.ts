/** What the page and the worker that finds directions of w say to each other. */
import type { LatentDirections } from '../../models/faces/directions';

export type DirectionsRequest =
  /** Rows of w, [N, wDim]; the memory changes hands. */
  | { readonly kind: 'rows'; readonly wDim: number; readonly rows: Float32Array }
  /** There are no more rows: find the directions. */
  | { readonly kind: 'find' };

export type DirectionsReply =
  /** So many rows have been taken in. */
  | { readonly kind: 'taken'; readonly samples: number }
  | { readonly kind: 'found'; readonly directions: LatentDirections }
  | { readonly kind: 'error'; readonly message: string };
