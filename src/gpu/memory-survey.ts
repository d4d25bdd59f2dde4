/**
 * A stand-in for a device that only counts bytes: wiring a network against a survey tells, within milliseconds and without a byte uploaded, how much memory
 * the network will take on a device and whether its largest tensor can be bound there.
 */
import { bufferBytes, type DeviceFacts, type MemoryBlock, type TensorHost, type TextureExtents } from './tensor-host';
import { textureBytes } from './texture';

export class MemorySurvey implements TensorHost {
  #bytesInUse = 0;
  #largest = { label: 'nothing', bytes: 0 };

  /** @param device whose limits and habits decide how the networks are split; an open `Gpu` will do */
  constructor(private readonly device: DeviceFacts) {}

  get adapter(): DeviceFacts['adapter'] {
    return this.device.adapter;
  }

  get limits(): DeviceFacts['limits'] {
    return this.device.limits;
  }

  get convChoices(): DeviceFacts['convChoices'] {
    return this.device.convChoices;
  }

  get convolutionFormat(): DeviceFacts['convolutionFormat'] {
    return this.device.convolutionFormat;
  }

  get features(): DeviceFacts['features'] {
    return this.device.features;
  }

  /** Bytes of all that is allocated now. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /** The largest single allocation so far. */
  get largest(): { readonly label: string; readonly bytes: number } {
    return this.#largest;
  }

  allocate(label: string, bytes: number): MemoryBlock {
    const block = { bytes: bufferBytes(bytes) };
    this.#bytesInUse += block.bytes;
    if (block.bytes > this.#largest.bytes) this.#largest = { label, bytes: block.bytes };
    return block;
  }

  allocateTexture(_label: string, extents: TextureExtents): MemoryBlock {
    const block = { bytes: textureBytes(extents) };
    this.#bytesInUse += block.bytes;
    return block;
  }

  release(block: MemoryBlock): void {
    this.#bytesInUse -= block.bytes;
  }

  write(): void {}
}
