// The transpose of the filter in fir-epilogue.wgsl: the gradient of the unfiltered picture from that of the filtered one. Along each axis a pixel u of
// the 2 H + 1 has gone into the pixels u - 2 to u + 1 of the 2 H, by [1, 3, 3, 1] / 4.
//
// Shapes    gradient [N, H, W, C]; output [N, H + 1, W + 1, C].
// Layout    vec4f along C.
// Dispatch  one thread per 4 x 4 pixels of the output and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 21 FLOPs an element; 49 loads of 16 bytes for 16 stores.

#const SIDE = 4
#include "common/each-element"
#param batch, groups: u32
#param height, width: u32 // of the gradient
#read gradient: array<vec4f>
#write output: array<vec4f>

// Pixels outside count as zero.
fn pixel(rowStart: u32, isRow: bool, column: i32, group: u32) -> vec4f {
  let inside = isRow && column >= 0 && column < i32(params.width);
  let at = rowStart + u32(clamp(column, 0, i32(params.width) - 1));
  return gradient[at * params.groups + group] * select(0.0, 1.0, inside);
}

fn element(index: u32) {
  let columns = (params.width + 4u) / 4u; // of width + 1 pixels
  let rows = (params.height + 4u) / 4u;
  if (index >= params.batch * rows * columns * params.groups) { return; }
  let group = index % params.groups;
  let column = i32(index / params.groups % columns * 4u);
  let row = i32(index / (params.groups * columns) % rows * 4u);
  let sample = index / (params.groups * columns * rows);

  #for row in 0..SIDE + 3
  let y${row} = row + ${row - 2};
  let isRow${row} = y${row} >= 0 && y${row} < i32(params.height);
  let start${row} = (sample * params.height + u32(clamp(y${row}, 0, i32(params.height) - 1))) * params.width;
    #for column in 0..SIDE + 3
  let p_${row}_${column} = pixel(start${row}, isRow${row}, column + ${column - 2}, group);
    #end
    #for column in 0..SIDE
  let f_${row}_${column} = p_${row}_${column} + 3.0 * (p_${row}_${column + 1} + p_${row}_${column + 2}) + p_${row}_${column + 3};
    #end
  #end
  #for row in 0..SIDE
    #for column in 0..SIDE
  if (u32(row) + ${row}u <= params.height && u32(column) + ${column}u <= params.width) {
    let at = (sample * (params.height + 1u) + u32(row) + ${row}u) * (params.width + 1u) + u32(column) + ${column}u;
    output[at * params.groups + group] =
      (f_${row}_${column} + 3.0 * (f_${row + 1}_${column} + f_${row + 2}_${column}) + f_${row + 3}_${column}) * 0.0625;
  }
    #end
  #end
}
