/**
 * How the kernels with shared memory (conv3x3-gemm, conv3x3-gemm-up2, conv3x3-winograd-gemm) divide their 64 threads: 8 of them side by side
 * compute 64 output channels, or 4 of them 32, which leaves fewer idle where a layer has few channels, and then twice the rows.
 */
export function channelThreads(outChannels: number): 4 | 8 {
  const idle = (width: number) => Math.ceil(outChannels / width) * width - outChannels;
  return idle(32) < idle(64) ? 4 : 8;
}

/** Workgroups that lie side by side along the channels. */
export function channelTiles(outChannels: number): number {
  return Math.ceil(outChannels / (8 * channelThreads(outChannels)));
}

/** Rows that the threads of a workgroup make. */
export function threadRows(outChannels: number): number {
  return 64 / channelThreads(outChannels);
}
