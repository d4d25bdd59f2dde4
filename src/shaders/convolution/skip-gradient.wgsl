// The gradient of a picture that a to-rgb layer has doubled in size and added (common/convolution/skip-picture.wgsl): the filter's transpose, that is,
// along each axis, output[i] = (g[2i - 1] + 3 g[2i] + 3 g[2i + 1] + g[2i + 2]) / 4 with zeros outside.
//
// Shapes    gradient [N, 2H, 2W, C]; output [N, H, W, C].
// Layout    vec4f along C.
// Dispatch  one thread per SKIP_ROWS x SKIP_COLUMNS pixels of the output and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 20 FLOPs an element; with 8 x 4 pixels 180 loads of 16 bytes for 32 stores: rows are filtered once, and the last two go on to the next.

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
  let left = i32(2u * column) - 1;
  #for column in 0..2 * SKIP_COLUMNS + 2
  let x${column} = u32(clamp(left + ${column}, 0, lastColumn)) * params.groups + group;
  let isColumn${column} = select(0.0, 0.0625, left + ${column} >= 0 && left + ${column} <= lastColumn);
  #end
  // Filtered along the row: the two rows above those that a turn of the loop reads.
  #for column in 0..SKIP_COLUMNS
  var f_0_${column} = vec4f(0);
  var f_1_${column} = vec4f(0);
  #end
  // The first turn only reads: a row of the output needs two rows above and two below.
  let first = i32(row) - 1;
  let end = i32(min(row + ${SKIP_ROWS}u, params.height));
  for (var out = first; out < end; out++) {
    #for line in 2..4
    let y${line} = 2 * out + ${line - 1};
    let isRow${line} = select(0.0, 1.0, y${line} >= 0 && y${line} <= lastRow);
    let start${line} = (sample * 2u * params.height + u32(clamp(y${line}, 0, lastRow))) * 2u * params.width * params.groups;
      #for column in 0..2 * SKIP_COLUMNS + 2
    let p_${line}_${column} = gradient[start${line} + x${column}] * (isColumn${column} * isRow${line});
      #end
      #for column in 0..SKIP_COLUMNS
    let f_${line}_${column} = p_${line}_${2 * column} + 3.0 * (p_${line}_${2 * column + 1} + p_${line}_${2 * column + 2}) + p_${line}_${2 * column + 3};
      #end
    #end
    let at = ((sample * params.height + u32(max(out, 0))) * params.width + column) * params.groups + group;
    #for column in 0..SKIP_COLUMNS
    if (out > first && column + ${column}u < params.width) {
      output[at + ${column}u * params.groups] = f_0_${column} + 3.0 * (f_1_${column} + f_2_${column}) + f_3_${column};
    }
    f_0_${column} = f_2_${column};
    f_1_${column} = f_3_${column};
    #end
  }
}
