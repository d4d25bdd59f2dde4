/**
 * WebGPU outside the browser: Dawn, through the npm package `webgpu`, which is installed when it is first needed. `launch.mjs` has seen to it that a
 * Vulkan driver can be found.
 */

import { installPackages } from '../scripts/install-packages.mjs';
import { TrifoldError } from '../src/errors';
import { NoAdapterError } from '../src/gpu/errors';
import { Gpu } from '../src/index';
import { say } from './standard-error';

// Dawn's instance must stay referenced while anything of it is in use: collected early, it takes the process with it.
let instance: GPU | undefined;
let isResting = false;

/**
 * Opens a hardware adapter if there is one, else any software Vulkan, and says which on stderr.
 * @param storesHalves whether convolutions store their weights and results as 16-bit floats. Default: false
 * @throws NoVulkanError with what to install; PackagesError
 */
export async function openGpu(storesHalves = false): Promise<Gpu> {
  instance ??= await openDawn();
  let gpu: Gpu;
  try {
    gpu = await Gpu.request({ source: instance, convolutionFormat: storesHalves ? 'f16' : 'f32' });
  } catch (error) {
    if (error instanceof NoAdapterError) throw new NoVulkanError();
    throw error;
  }
  if (gpu.adapter.isSoftware) restBetweenTurns();
  say(`adapter: ${gpu.adapter.name}${gpu.adapter.isSoftware ? ' (software adapter: no graphics card)' : ''}`);
  return gpu;
}

async function openDawn(): Promise<GPU> {
  await installPackages('cli', say);
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  return create([]);
}

const REST_MILLISECONDS = 10;

/**
 * While work is pending, Dawn's binding asks for news in every turn of Node's event loop. With a software adapter that takes a processor
 * core from the very work it waits for. A short sleep in each turn gives it back: rendering is twice as fast on two cores.
 */
function restBetweenTurns(): void {
  if (isResting) return;
  isResting = true;
  const never = new Int32Array(new SharedArrayBuffer(4));
  const rest = () => {
    Atomics.wait(never, 0, 0, REST_MILLISECONDS);
    setImmediate(rest).unref();
  };
  setImmediate(rest).unref();
}

class NoVulkanError extends TrifoldError {
  override readonly code = 'no-vulkan';

  constructor() {
    super(
      'No graphics adapter was found.',
      'Install a graphics driver, or a software one: Debian and Ubuntu have the packages "chromium" and "mesa-vulkan-drivers". With --verbose, the drivers say what they miss.',
    );
  }
}
