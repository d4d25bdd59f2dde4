/** Weights on their way to the device: permuted, scaled and padded on the CPU once, at load. */
export interface PreparedArray {
  /** Shape of the tensor to be made; its last axis is padded by the upload, all others are padded here. */
  readonly shape: readonly number[];
  /** Row-major, without padding of the last axis. */
  readonly values: Float32Array;
}
