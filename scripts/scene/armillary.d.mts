/** Types of armillary.mjs, which runs without a build. */

/** The loop on top: its centre is at (0, height, 0), it lies in the plane z = 0. */
export const LOOP: { readonly height: number; readonly radius: number; readonly thickness: number };

/** Signed distance to the object, or less. */
export function distance(x: number, y: number, z: number): number;
