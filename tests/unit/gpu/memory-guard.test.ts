/** Memory of several models on one device: what each has is counted apart, and who has none left is told, and nobody else. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { OutOfMemoryError } from '../../../src/gpu/errors';
import { MemoryLedger } from '../../../src/gpu/memory';
import { withinMemory } from '../../../src/gpu/memory-guard';

beforeAll(() => vi.stubGlobal('GPUBufferUsage', { STORAGE: 128 }));

/** A device that has no memory for buffers labelled "too much", and says so late, as real ones do. */
function device(): GPUDevice {
  const scopes: (Partial<GPUError> | null)[] = [];
  const fake = {
    limits: { maxBufferSize: 1e9, maxStorageBufferBindingSize: 1e9 },
    pushErrorScope: () => scopes.push(null),
    popErrorScope: async () => {
      const outcome = scopes.pop();
      await later();
      return outcome;
    },
    createBuffer: ({ label, size }: GPUBufferDescriptor) => {
      if (label === 'too much') scopes[scopes.length - 1] = { message: 'out of memory' };
      return { size, destroy: () => {} };
    },
  };
  return fake as unknown as GPUDevice;
}

const later = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('MemoryLedger', () => {
  test('counts a model apart and with the whole', () => {
    const whole = new MemoryLedger(device());
    const [first, second] = [new MemoryLedger(device(), whole), new MemoryLedger(device(), whole)];
    const buffer = first.create('a', 100, 128);
    second.create('b', 64, 128);
    expect([first.bytesInUse, second.bytesInUse, whole.bytesInUse]).toEqual([112, 64, 176]);
    expect(whole.bufferCount).toBe(2);
    first.release(buffer);
    expect([first.bytesInUse, second.bytesInUse, whole.bytesInUse]).toEqual([0, 64, 64]);
    expect([first.peakBytes, whole.peakBytes, whole.bufferCount]).toEqual([112, 176, 1]);
  });
});

describe('withinMemory', () => {
  /** Makes buffers of these names, waiting for other work in between. */
  async function make(memory: MemoryLedger, ...names: readonly string[]): Promise<string> {
    for (const name of names) {
      await later();
      memory.create(name, 100, 128);
    }
    return 'made';
  }

  test('tells who had no memory, and nobody who works at the same time on the same device', async () => {
    const shared = device();
    const [first, second] = [new MemoryLedger(shared), new MemoryLedger(shared)];
    const undo = vi.fn();
    const [fitting, failing] = await Promise.allSettled([
      withinMemory({ memory: first }, 'the first', () => make(first, 'a', 'b', 'c')),
      withinMemory({ memory: second }, 'the second', () => make(second, 'a', 'too much', 'c'), undo),
    ]);
    expect(fitting).toMatchObject({ status: 'fulfilled', value: 'made' });
    expect(failing).toMatchObject({ status: 'rejected', reason: { label: 'the second', bytes: 3 * 112 } });
    expect(undo).toHaveBeenCalledExactlyOnceWith('made');
  });

  test('an error of the work is told, unless it follows from missing memory', async () => {
    const memory = new MemoryLedger(device());
    const fail = async (...names: readonly string[]) => {
      await make(memory, ...names);
      throw new TypeError('other trouble');
    };
    await expect(withinMemory({ memory }, 'it', () => fail('a'))).rejects.toThrow('other trouble');
    await expect(withinMemory({ memory }, 'it', () => fail('too much'))).rejects.toThrow(OutOfMemoryError);
  });
});
