/**
 * The head of a safetensors file, which tells its tensors and the model's configuration, while the rest is on its way: the device can begin to
 * compile. Nothing is checked yet; what is wrong with a head is told when the whole file is read.
 */
import { LENGTH_BYTES, parseHeader, readHeaderLength } from '../../checkpoints/safetensors-header';
import type { TensorDirectory } from '../../models/generator-config';

/**
 * @param fileBytes size of the whole file
 * @param tell is called once, if the head can be read
 * @returns takes the bytes so far, as often as some have come
 */
export function headListener(fileBytes: number, tell: (head: TensorDirectory) => void): (received: Uint8Array) => void {
  let isDone = false;
  return (received) => {
    if (isDone || received.length < LENGTH_BYTES) return;
    try {
      const headLength = LENGTH_BYTES + readHeaderLength(received, fileBytes);
      if (received.length < headLength) return;
      isDone = true;
      const { tensors, metadata } = parseHeader(received.subarray(LENGTH_BYTES, headLength), fileBytes - headLength);
      tell({ metadata, has: (name) => tensors.has(name), info: (name) => tensors.get(name)! });
    } catch {
      isDone = true;
    }
  };
}
