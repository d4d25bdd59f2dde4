// The gradient of a picture that a to-rgb layer has doubled in size and added (common/convolution/skip-picture.wgsl): the filter's transpose, that is,
// along each axis, output[i] = (g[2i - 1] + 3 g[2i] + 3 g[2i + 1] + g[2i + 2]) / 4 with zeros outside.
//
// Shapes    gradient [N, 2H, 2W, C]; output [N, H, W, C].
// Layout    vec4f along C.
// Dispatch  one thread per 2 x 4 pixels of the output and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 24 FLOPs an element; 60 loads of 16 bytes for 8 stores.

#const SKIP_ROWS
#const SKIP_COLUMNS
#include "common/each-element"
#param batch, groups: u32
#param height, width: u32 // of the output
#read gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let columns = (params.width + ${SKIP_COLUMNS - 1}u) / ${SKIP_COLUMNS}u;
  let rows = (params.height + ${SKIP_ROWS - 1}u) / ${SKIP_ROWS}u;
  if (index >= params.batch * rows * columns * params.groups) { return; }
  let group = index % params.groups;
  let column = index / params.groups % columns * ${SKIP_COLUMNS}u;
  let row = index / (params.groups * columns) % rows * ${SKIP_ROWS}u;
  let sample = index / (params.groups * columns * rows);

  // Pixels outside are read from the edge and multiplied by zero: cheaper than a branch.
  let lastRow = i32(2u * params.height) - 1;
  let lastColumn = i32(2u * params.width) - 1;
  let top = i32(2u * row) - 1;
  let left = i32(2u * column) - 1;
  #for column in 0..2 * SKIP_COLUMNS + 2
  let x${column} = u32(clamp(left + ${column}, 0, lastColumn));
  let isColumn${column} = select(0.0, 0.0625, left + ${column} >= 0 && left + ${column} <= lastColumn);
  #end
  #for row in 0..2 * SKIP_ROWS + 2
  let start${row} = (sample * 2u * params.height + u32(clamp(top + ${row}, 0, lastRow))) * 2u * params.width;
  let isRow${row} = top + ${row} >= 0 && top + ${row} <= lastRow;
    #for column in 0..2 * SKIP_COLUMNS + 2
  let p_${row}_${column} = gradient[(start${row} + x${column}) * params.groups + group] * select(0.0, isColumn${column}, isRow${row});
    #end
    #for column in 0..SKIP_COLUMNS
  let f_${row}_${column} = p_${row}_${2 * column} + 3.0 * (p_${row}_${2 * column + 1} + p_${row}_${2 * column + 2}) + p_${row}_${2 * column + 3};
    #end
  #end
  #for row in 0..SKIP_ROWS
    #for column in 0..SKIP_COLUMNS
  if (row + ${row}u < params.height && column + ${column}u < params.width) {
    output[((sample * params.height + row + ${row}u) * params.width + column + ${column}u) * params.groups + group] =
      f_${2 * row}_${column} + 3.0 * (f_${2 * row + 1}_${column} + f_${2 * row + 2}_${column}) + f_${2 * row + 3}_${column};
  }
    #end
  #end
}
