/** Reads torch files back for tests: dicts of texts and tensors, by our own reader. */
import { byteSource } from '../../src/checkpoints/byte-source';
import { entriesOf } from '../../src/checkpoints/pickle/plain';
import type { PickleValue } from '../../src/checkpoints/pickle/values';
import { StorageTable } from '../../src/checkpoints/torch/storages';
import { TensorBlock } from '../../src/checkpoints/torch/tensor-block';
import { isTensor, tensorOf } from '../../src/checkpoints/torch/tensors';
import type { TorchTensorData } from '../../src/checkpoints/torch/write-pickle';
import { openZipFile } from '../../src/checkpoints/torch/zip-file';

export type TorchContents = string | TorchTensorData | Map<string, TorchContents>;

export async function readTorchZip(bytes: Uint8Array): Promise<TorchContents> {
  const { value, pickle, locate } = await openZipFile(byteSource(bytes));
  const storages = new StorageTable(pickle, locate);
  const read = async (item: PickleValue): Promise<TorchContents> => {
    if (typeof item === 'string') return item;
    if (isTensor(item)) {
      const block = await TensorBlock.locate(new Map([['it', tensorOf('it', item)]]), storages);
      const { dtype, shape } = block.infos().get('it')!;
      return { dtype, shape, bytes: await block.bytesOf('it') };
    }
    const contents = new Map<string, TorchContents>();
    for (const [key, entry] of entriesOf(item) ?? []) contents.set(String(key), await read(entry));
    return contents;
  };
  return read(value);
}
