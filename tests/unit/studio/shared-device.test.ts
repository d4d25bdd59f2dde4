/** One device for all who compute: when it is asked for, and when it is freed. */
import { expect, test, vi } from 'vitest';
import type { Gpu } from '../../../src/gpu/device';
import { isLost, SharedDevice } from '../../../src/studio/model/shared-device';

interface FakeGpu {
  readonly gpu: Gpu;
  readonly destroy: ReturnType<typeof vi.fn>;
  lose(): void;
}

function fakeGpu(): FakeGpu {
  let lose = () => {};
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const destroy = vi.fn();
  return { gpu: { lost, destroy } as unknown as Gpu, destroy, lose };
}

/** A shared device whose requests give these, one after the other. */
function sharing(...devices: readonly (FakeGpu | Error)[]) {
  const request = vi.fn(async () => {
    const device = devices[request.mock.calls.length - 1]!;
    if (device instanceof Error) throw device;
    return device.gpu;
  });
  return { device: new SharedDevice(request), request };
}

test('is asked for once, and freed when the last has given it back', async () => {
  const first = fakeGpu();
  const second = fakeGpu();
  const { device, request } = sharing(first, second);
  const [one, other] = [device.take(), device.take()];
  expect(await one.gpu).toBe(first.gpu);
  expect(await other.gpu).toBe(first.gpu);
  one.giveBack();
  one.giveBack();
  await Promise.resolve();
  expect(first.destroy).not.toHaveBeenCalled();
  expect(await device.take().gpu).toBe(first.gpu);
  expect(request).toHaveBeenCalledTimes(1);
});

test('given back before it is there, it is freed as soon as it comes; the next one is another', async () => {
  const first = fakeGpu();
  const second = fakeGpu();
  const { device } = sharing(first, second);
  const share = device.take();
  share.giveBack();
  await share.gpu;
  await vi.waitFor(() => expect(first.destroy).toHaveBeenCalledTimes(1));
  expect(await device.take().gpu).toBe(second.gpu);
  expect(second.destroy).not.toHaveBeenCalled();
});

test('a lost one is forgotten: who asks then gets another, which those who had the lost one do not free', async () => {
  const first = fakeGpu();
  const second = fakeGpu();
  const { device } = sharing(first, second);
  const share = device.take();
  const gpu = await share.gpu;
  first.lose();
  expect(await isLost(gpu)).toBe(true);
  const next = device.take();
  expect(await next.gpu).toBe(second.gpu);
  share.giveBack();
  await vi.waitFor(() => expect(first.destroy).toHaveBeenCalled());
  expect(second.destroy).not.toHaveBeenCalled();
  expect(await isLost(second.gpu)).toBe(false);
});

test('one that is refused is told to all who wait, and asked for again', async () => {
  const { device } = sharing(new Error('no adapter'), fakeGpu());
  const [one, other] = [device.take(), device.take()];
  await expect(one.gpu).rejects.toThrow('no adapter');
  await expect(other.gpu).rejects.toThrow('no adapter');
  one.giveBack();
  other.giveBack();
  await expect(device.take().gpu).resolves.toBeDefined();
});
