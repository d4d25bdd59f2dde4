/**
 * COLMAP's binary models, little-endian:
 *
 *   cameras.bin  u64 count; each: i32 id, i32 model, u64 width, u64 height, f64 parameters
 *   images.bin   u64 count; each: u32 id, f64 qw qx qy qz tx ty tz, u32 camera, name with a 0 after it, u64 points; each: f64 x y, i64 id
 */
import { COLMAP_LENSES, type ColmapCamera, type ColmapImage } from './colmap-cameras';
import { quoted, TrainingDataError } from './errors';
import { refuseLens } from './lens';

const SMALLEST_CAMERA = 24;
const SMALLEST_IMAGE = 73;
const POINT_BYTES = 24;

/** @param source for messages. @throws LensError for a lens of unknown length; TrainingDataError for a damaged file */
export function readColmapCameras(bytes: Uint8Array, source: string): ColmapCamera[] {
  const fields = new Fields(bytes, source);
  return Array.from({ length: fields.count(SMALLEST_CAMERA) }, () => {
    const [id, model] = [fields.u32(), fields.u32()];
    const [width, height] = [fields.u64(), fields.u64()];
    const lens = COLMAP_LENSES[model];
    if (!lens) refuseLens(`number ${model}`, `${source}, camera ${id}`);
    return { id, model: lens[0], width, height, params: fields.doubles(lens[1]) };
  });
}

/** @throws TrainingDataError for a damaged file */
export function readColmapImages(bytes: Uint8Array, source: string): ColmapImage[] {
  const fields = new Fields(bytes, source);
  return Array.from({ length: fields.count(SMALLEST_IMAGE) }, () => {
    fields.u32(); // its own number, which nothing here refers to
    const [quaternion, translation] = [fields.doubles(4), fields.doubles(3)];
    const [cameraId, name] = [fields.u32(), fields.text()];
    fields.skip(fields.count(POINT_BYTES) * POINT_BYTES);
    return { name, cameraId, quaternion, translation };
  });
}

/** Reads one field after the other; none beyond the end. */
class Fields {
  private readonly view: DataView;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  u64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  doubles(count: number): number[] {
    const from = this.skip(8 * count);
    return Array.from({ length: count }, (_, at) => this.view.getFloat64(from + 8 * at, true));
  }

  /** How many follow, of at least so many bytes each; more than the file has room for is refused before any memory is taken. */
  count(bytesEach: number): number {
    const count = this.u64();
    if (count * bytesEach <= this.bytes.byteLength - this.at) return count;
    throw this.damaged(`says that ${count} entries follow`);
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw this.damaged('has a name without end');
    const text = new TextDecoder().decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }

  /** @returns where it was */
  skip(count: number): number {
    const from = this.at;
    if (from + count > this.bytes.byteLength) throw this.damaged('ends too early');
    this.at += count;
    return from;
  }

  private damaged(problem: string): TrainingDataError {
    const message = `${quoted(this.source)} ${problem}, at byte ${this.at} of ${this.bytes.byteLength}.`;
    return new TrainingDataError(
      message,
      'The file is damaged: copy or export it again.',
      this.at,
      this.bytes.byteLength,
    );
  }
}
