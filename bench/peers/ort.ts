/**
 * onnxruntime-web on the peers' ONNX files: its WebGPU provider, and WebAssembly on one thread. Inputs lie on the device before the clock runs and
 * outputs stay there.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import * as wasm from 'onnxruntime-web/wasm';
import * as webgpu from 'onnxruntime-web/webgpu';
import type { NetworkCase } from '../cases/networks';
import { type Operation, PLANE_AXES } from '../cases/operation';
import type { Contender, Racer } from '../racer';
import type { Peer } from './peer';
import type { PeerModels } from './peer-models';

type Provider = 'webgpu' | 'wasm';
type Inputs = Readonly<Record<string, { readonly values: Float32Array; readonly shape: readonly number[] }>>;

/** The library destroys its GPUDevice when the last session is released: one stays. */
const kept: InferenceSession[] = [];

export function ortPeers(): Peer[] {
  for (const { env } of [wasm, webgpu]) {
    env.wasm.numThreads = 1;
    env.logLevel = 'error';
  }
  return [ortPeer('webgpu'), ortPeer('wasm')];
}

function ortPeer(provider: Provider): Peer {
  return {
    async operation(operation, models) {
      if (!(await models.file(`ops/${operation.file}`))) return [];
      return [contender(provider, models, `ops/${operation.file}`, async () => operationInputs(operation), 'y')];
    },
    async network(network, models) {
      const inputs = () => networkInputs(network, models);
      return [contender(provider, models, `eg3d/${network.file}`, inputs, network.output.name)];
    },
  };
}

function contender(
  provider: Provider,
  models: PeerModels,
  file: string,
  inputs: () => Promise<Inputs>,
  output: string,
): Contender {
  return {
    name: provider === 'webgpu' ? 'onnxruntime-web, WebGPU' : 'onnxruntime-web, WASM, 1 thread',
    open: () => openSession(provider, models, file, inputs, output),
  };
}

async function openSession(
  provider: Provider,
  models: PeerModels,
  file: string,
  inputs: () => Promise<Inputs>,
  output: string,
): Promise<Racer> {
  const library = provider === 'webgpu' ? webgpu : wasm;
  const { bytes } = (await models.file(file))!;
  const session = await library.InferenceSession.create(bytes, {
    executionProviders: [provider],
    preferredOutputLocation: provider === 'webgpu' ? 'gpu-buffer' : 'cpu',
  });
  const isFirst = provider === 'webgpu' && kept.length === 0;
  if (isFirst) kept.push(session);
  const device = provider === 'webgpu' ? await webgpu.env.webgpu.device : undefined;
  const buffers: GPUBuffer[] = [];
  const feeds: Record<string, Tensor> = {};
  for (const [name, { values, shape }] of Object.entries(await inputs())) {
    if (!device) {
      feeds[name] = new library.Tensor('float32', values, shape);
      continue;
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const gpuBuffer = device.createBuffer({ size: Math.ceil(values.byteLength / 16) * 16, usage });
    device.queue.writeBuffer(gpuBuffer, 0, Float32Array.from(values));
    buffers.push(gpuBuffer);
    feeds[name] = webgpu.Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims: shape });
  }
  let last: Tensor | undefined;
  return {
    work: {},
    async run(repeats) {
      for (let repeat = 0; repeat < repeats; repeat++) {
        last?.dispose();
        const results = await session.run(feeds, [output]);
        last = results[output]!;
      }
      await device?.queue.onSubmittedWorkDone();
    },
    async output() {
      const data = await last!.getData();
      if (!(data instanceof Float32Array)) throw new Error(`the result is ${last!.type}, expected float32`);
      return data.slice();
    },
    async close() {
      last?.dispose();
      for (const buffer of buffers) buffer.destroy();
      if (!isFirst) await session.release();
    },
  };
}

function operationInputs(operation: Operation): Inputs {
  switch (operation.kind) {
    case 'convolution': {
      const { channels, side, isModulated, x, styles } = operation;
      const image = { x: { values: x, shape: [1, channels, side, side] } };
      return isModulated ? { ...image, s: { values: styles, shape: [1, channels] } } : image;
    }
    case 'decoder':
      return { x: { values: operation.x, shape: [operation.points, 32] } };
    case 'plane sampling': {
      const { channels, side, points, planes, positions } = operation;
      const grid = new Float32Array(3 * points * 2);
      PLANE_AXES.forEach(([u, v], plane) => {
        for (let point = 0; point < points; point++) {
          grid[(plane * points + point) * 2] = 2 * positions[point * 3 + u]!;
          grid[(plane * points + point) * 2 + 1] = 2 * positions[point * 3 + v]!;
        }
      });
      return {
        p: { values: planes, shape: [3, channels, side, side] },
        g: { values: grid, shape: [3, 384, points / 384, 2] },
      };
    }
  }
}

async function networkInputs({ inputs }: NetworkCase, models: PeerModels): Promise<Inputs> {
  const entries = Object.entries(inputs).map(async ([name, shape]) => {
    return [name, { values: await models.recorded(name), shape }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
