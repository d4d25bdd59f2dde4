/** Writes known cameras in each form of data set that people have, by other code than reads them. Pictures are heads of PNG files. */
import { mat4d, quatd } from 'wgpu-matrix';
import { type FileSet, filesOfFolder } from '../../src/training/data/file-set';

export interface KnownCamera {
  /** OpenCV axes, row by row. */
  readonly camToWorld: readonly number[];
  /** [fx, 0, cx, 0, fy, cy, 0, 0, 1] in picture sizes. */
  readonly intrinsics: readonly number[];
}

export type Contents = Readonly<Record<string, string | Uint8Array>>;

export const [WIDTH, HEIGHT] = [640, 480];
export const CENTRED = [1.2, 0, 0.5, 0, 1.6, 0.5, 0, 0, 1];

export function folder(contents: Contents): FileSet {
  return filesOfFolder(
    Object.entries(contents).map(([path, data]) => ({
      path,
      blob: new Blob([typeof data === 'string' ? data : new Uint8Array(data)]),
    })),
  );
}

/** What a reader looks at of a PNG file: signature and header. */
export function pngHead(width: number = WIDTH, height: number = HEIGHT): Uint8Array {
  const view = new DataView(new ArrayBuffer(33));
  for (const [at, value] of [0x89504e47, 0x0d0a1a0a, 13, 0x49484452, width, height].entries()) {
    view.setUint32(4 * at, value);
  }
  return new Uint8Array(view.buffer);
}

/** `images/0000.png` and so on. */
export function nameOf(at: number): string {
  return `images/${String(at).padStart(4, '0')}.png`;
}

export function pictures(count: number): Record<string, Uint8Array> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [nameOf(at), pngHead()]));
}

/** A camera turned by a quaternion (x, y, z, w of any length but 0), at a place. */
export function cameraAt(
  quaternion: readonly number[],
  position: readonly number[],
  intrinsics: readonly number[] = CENTRED,
): KnownCamera {
  const columns = mat4d.fromQuat(quatd.normalize(Float64Array.from(quaternion)));
  mat4d.setTranslation(columns, Float64Array.from(position), columns);
  return { camToWorld: [...mat4d.transpose(columns)], intrinsics };
}

/** A camera at a place that looks at a point, upright where "up" is +z. */
export function cameraLookingAt(position: readonly number[], target: readonly number[]): KnownCamera {
  // wgpu-matrix aims +z at the target and has y up; a camera here has y down, and x the other way too.
  const columns = mat4d.aim(Float64Array.from(position), Float64Array.from(target), Float64Array.of(0, 0, 1));
  const rows = [...mat4d.transpose(columns)];
  return {
    camToWorld: rows.map((value, at) => (at < 12 && at % 4 < 2 ? -value : value)),
    intrinsics: CENTRED,
  };
}

export function eg3dFiles(cameras: readonly KnownCamera[]): Contents {
  const labels = cameras.map(({ camToWorld, intrinsics }, at) => [nameOf(at), [...camToWorld, ...intrinsics]]);
  return { ...pictures(cameras.length), 'dataset.json': JSON.stringify({ labels }) };
}

export function frameOf({ camToWorld, intrinsics }: KnownCamera, file: string): Record<string, unknown> {
  const row = (at: number) => [camToWorld[at]!, -camToWorld[at + 1]!, -camToWorld[at + 2]!, camToWorld[at + 3]!];
  const [fx = 0, , cx = 0, , fy = 0, cy = 0] = intrinsics;
  return {
    file_path: file,
    transform_matrix: [row(0), row(4), row(8), [0, 0, 0, 1]],
    fl_x: fx * WIDTH,
    fl_y: fy * HEIGHT,
    cx: cx * WIDTH,
    cy: cy * HEIGHT,
  };
}

export function transformsFiles(cameras: readonly KnownCamera[], fields: Record<string, unknown> = {}): Contents {
  const frames = cameras.map((camera, at) => frameOf(camera, nameOf(at)));
  return { ...pictures(cameras.length), 'transforms.json': JSON.stringify({ w: WIDTH, h: HEIGHT, ...fields, frames }) };
}

/** World to camera, as COLMAP has it: [qw, qx, qy, qz], [tx, ty, tz]. */
function colmapPose({ camToWorld }: KnownCamera): readonly [readonly number[], readonly number[]] {
  const inverse = mat4d.inverse(mat4d.transpose(Float64Array.from(camToWorld)));
  const [x = 0, y = 0, z = 0, w = 0] = quatd.fromMat(inverse);
  return [
    [w, x, y, z],
    [inverse[12]!, inverse[13]!, inverse[14]!],
  ];
}

function pinholeParams({ intrinsics }: KnownCamera): number[] {
  const [fx = 0, , cx = 0, , fy = 0, cy = 0] = intrinsics;
  return [fx * WIDTH, fy * HEIGHT, cx * WIDTH, cy * HEIGHT];
}

/** A camera for each image, PINHOLE. */
export function colmapTextFiles(cameras: readonly KnownCamera[]): Contents {
  const lens = (camera: KnownCamera, at: number) =>
    `${at + 1} PINHOLE ${WIDTH} ${HEIGHT} ${pinholeParams(camera).join(' ')}\n`;
  const image = (camera: KnownCamera, at: number) =>
    `${at + 7} ${colmapPose(camera).flat().join(' ')} ${at + 1} ${nameOf(at).slice('images/'.length)}\n${at % 2 ? '' : '1.5 2.5 -1 3 4 12'}\n`;
  return {
    ...pictures(cameras.length),
    'sparse/0/cameras.txt': `# Camera list\n${cameras.map(lens).join('')}`,
    'sparse/0/images.txt': `# Image list\n${cameras.map(image).join('')}`,
    'sparse/0/points3D.txt': '',
  };
}

type BinaryField = readonly ['u32' | 'u64' | 'f64', number] | Uint8Array;

/** Little-endian fields one after the other. */
export function binary(fields: readonly BinaryField[]): Uint8Array {
  const parts = fields.map((field) => {
    if (field instanceof Uint8Array) return field;
    const [kind, value] = field;
    const view = new DataView(new ArrayBuffer(kind === 'u32' ? 4 : 8));
    if (kind === 'u32') view.setUint32(0, value, true);
    else if (kind === 'u64') view.setBigUint64(0, BigInt(value), true);
    else view.setFloat64(0, value, true);
    return new Uint8Array(view.buffer);
  });
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

export function colmapBinaryFiles(cameras: readonly KnownCamera[]): Contents {
  const doubles = (values: readonly number[]) => values.map((value): BinaryField => ['f64', value]);
  const lens = (camera: KnownCamera, at: number): BinaryField[] => [
    ['u32', at + 1],
    ['u32', 1],
    ['u64', WIDTH],
    ['u64', HEIGHT],
    ...doubles(pinholeParams(camera)),
  ];
  const image = (camera: KnownCamera, at: number): BinaryField[] => [
    ['u32', at + 7],
    ...doubles(colmapPose(camera).flat()),
    ['u32', at + 1],
    new TextEncoder().encode(`${nameOf(at).slice('images/'.length)}\0`),
    ['u64', at % 3],
    ...Array.from({ length: at % 3 }, (): BinaryField[] => [...doubles([1, 2]), ['u64', 5]]).flat(),
  ];
  return {
    ...pictures(cameras.length),
    'sparse/0/cameras.bin': binary([['u64', cameras.length], ...cameras.flatMap(lens)]),
    'sparse/0/images.bin': binary([['u64', cameras.length], ...cameras.flatMap(image)]),
  };
}
