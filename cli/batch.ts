/** Reads the codes and cameras of `render --inputs`, row by row, and says by name what does not fit. */
import { type CameraLabel, type Checkpoint, LABEL_LENGTH, type MappingConfig } from '../src/index';
import { UsageError } from './errors';

export interface BatchRow {
  /** [z_dim]; there is either this or `ws`. */
  readonly z?: Float32Array;
  /** [num_ws * w_dim] */
  readonly ws?: Float32Array;
  readonly conditioning?: CameraLabel;
  readonly camera: CameraLabel;
}

export interface BatchInputs {
  readonly rows: readonly BatchRow[];
}

/**
 * @param view the camera of every row if the file has no `c`
 * @throws UsageError for a missing tensor or a wrong shape
 */
export function readBatch(file: Checkpoint, mapping: MappingConfig, view: CameraLabel): BatchInputs {
  const rowsOf = (name: string, shape: readonly number[]): Float32Array[] | undefined => {
    if (!file.has(name)) return undefined;
    const [count, ...extents] = file.info(name).shape;
    if (
      count === undefined ||
      extents.length !== shape.length ||
      extents.some((extent, axis) => extent !== shape[axis])
    ) {
      throw new UsageError(
        `"${name}" in the inputs has shape [${file.info(name).shape}]; this model takes [N, ${shape.join(', ')}]`,
      );
    }
    const values = file.floats(name);
    const length = shape.reduce((product, extent) => product * extent, 1);
    return Array.from({ length: count }, (_, row) => values.subarray(row * length, (row + 1) * length));
  };
  const z = rowsOf('z', [mapping.zDim]);
  const ws = rowsOf('ws', [mapping.numWs ?? 1, mapping.wDim]);
  const conditioning = rowsOf('c_cond', [LABEL_LENGTH]);
  const cameras = rowsOf('c', [LABEL_LENGTH]);
  const codes = ws ?? z;
  if (!codes) throw new UsageError('the inputs hold neither "z" nor "ws"');
  for (const [name, rows] of Object.entries({ c_cond: conditioning, c: cameras })) {
    if (rows && rows.length !== codes.length) {
      throw new UsageError(`the inputs hold ${codes.length} codes but ${rows.length} rows of "${name}"`);
    }
  }
  return {
    rows: codes.map((code, row) => ({
      ...(ws ? { ws: code } : { z: code }),
      ...(conditioning && { conditioning: conditioning[row]! }),
      camera: cameras?.[row] ?? view,
    })),
  };
}
