/**
 * The bench in the browser. The script that opened this page (in-browser.mjs) hands over the functions of {@link Host} and calls `trifoldBench`
 * with the options.
 */

import { parseSafetensors } from '../src/checkpoints/safetensors';
import { Gpu } from '../src/gpu/device';
import { type BenchOptions, type BenchResult, runBench } from './bench';
import { deviceCounts, spyOnDevice } from './device-spy';
import { jaxPeer } from './peers/jax';
import { ortPeers } from './peers/ort';
import { tfjsPeer } from './peers/tfjs';
import { describeBench } from './report';
import { describeTurning, type Turning } from './targets';

/** What the script outside offers. */
interface Host {
  /** The processor's time of the browser's GPU process and pages, in milliseconds; null where it cannot be known. */
  trifoldProcessorTime(): Promise<number | null>;
  trifoldProgress(line: string): Promise<void>;
}

declare global {
  interface Window extends Host {
    trifoldBench(options: PageOptions): Promise<{ result: BenchResult; text: string }>;
    /** The figures of turning.mjs as text. */
    trifoldTurning(turning: Turning, isSoftware: boolean): string;
  }
}

interface PageOptions extends BenchOptions {
  readonly peers: boolean;
}

spyOnDevice();

window.trifoldBench = async ({ peers, ...options }) => {
  const place = {
    openGpu: () => Gpu.request(),
    counts: deviceCounts,
    model: {
      name: 'portrait-eg3d.safetensors',
      read: async () => parseSafetensors(await (await fetch('/model')).arrayBuffer()),
    },
    clock: async () => (await window.trifoldProcessorTime()) ?? undefined,
    readPeerFile: async (path: string) => {
      const response = await fetch(`/peer-models/${path}`);
      return response.ok ? response.arrayBuffer() : undefined;
    },
    peers: peers ? [...ortPeers(), tfjsPeer(), jaxPeer()] : [],
    progress: (line: string) => void window.trifoldProgress(line),
  };
  const result = await runBench(place, options);
  return { result, text: describeBench(result) };
};

window.trifoldTurning = describeTurning;
