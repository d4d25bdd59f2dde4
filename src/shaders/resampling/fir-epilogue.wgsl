// The second half of an up=2 layer: the low-pass filter [1, 3, 3, 1] x [1, 3, 3, 1] / 64 with gain 4 (that is [1, 3, 3, 1] / 4 along each
// axis, zero padding 1), then noise, bias, activation, gain and clamp.
//
// Shapes    input [N, ringRows, W + 1, C] from conv3x3-transposed.wgsl, row r of its H + 1 at r mod ringRows; noise [1 or N, H, W];
//           bias [C]; output [N, H, W, C], H and W even.
// Layout    vec4f along C; noise in single floats.
// Dispatch  one thread per 2 x 2 output pixels and four channels, pairs of rows firstPair to endPair, 64 per workgroup (each-element). The
//           ring must hold rows 2 firstPair - 1 to 2 endPair + 1.
// Memory    none in the workgroup.
// Cost      about 25 FLOPs and 29 bytes (cached) an element: bound by memory.

#include "common/convolution/layer-output"
#include "common/each-element"
#storage InputVector
#param batch, ringRows, endPair: u32
#param height, width: u32 // of the output
#param firstPair: u32 // of output rows
#read input: array<InputVector>

// Two neighbouring outputs of a row.
struct Pair {
  left: vec4f,
  right: vec4f,
}

// Filters one input row horizontally. Rows and columns outside count as zero.
fn filterRow(sample: u32, row: i32, column: i32, group: u32, groups: u32) -> Pair {
  let lastRow = i32(params.height);
  let lastColumn = i32(params.width);
  let start = (sample * params.ringRows + u32(clamp(row, 0, lastRow)) % params.ringRows) * u32(lastColumn + 1);
  let inside = f32(row >= 0 && row <= lastRow);
  let v0 = fromInputVector(input[(start + u32(max(column - 1, 0))) * groups + group]) * f32(column > 0);
  let v1 = fromInputVector(input[(start + u32(column)) * groups + group]);
  let v2 = fromInputVector(input[(start + u32(column + 1)) * groups + group]);
  let v3 = fromInputVector(input[(start + u32(column + 2)) * groups + group]);
  let v4 = fromInputVector(input[(start + u32(min(column + 3, lastColumn))) * groups + group]) * f32(column + 3 <= lastColumn);
  return Pair((v0 + 3.0 * (v1 + v2) + v3) * (0.25 * inside), (v1 + 3.0 * (v2 + v3) + v4) * (0.25 * inside));
}

fn store(value: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  let at = ((sample * params.height + row) * params.width + column) * groups + group;
  storeLayer(value, at, sample, row, column, group, bias[group]);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let columns = params.width / 2u;
  let rows = params.endPair - params.firstPair;
  if (index >= params.batch * rows * columns * groups) { return; }
  let group = index % groups;
  let column = index / groups % columns * 2u;
  let row = (params.firstPair + index / (groups * columns) % rows) * 2u;
  let sample = index / (groups * columns * rows);

  let y = i32(row);
  let x = i32(column);
  let r0 = filterRow(sample, y - 1, x, group, groups);
  let r1 = filterRow(sample, y, x, group, groups);
  let r2 = filterRow(sample, y + 1, x, group, groups);
  let r3 = filterRow(sample, y + 2, x, group, groups);
  let r4 = filterRow(sample, y + 3, x, group, groups);
  store((r0.left + 3.0 * (r1.left + r2.left) + r3.left) * 0.25, sample, row, column, group, groups);
  store((r0.right + 3.0 * (r1.right + r2.right) + r3.right) * 0.25, sample, row, column + 1u, group, groups);
  store((r1.left + 3.0 * (r2.left + r3.left) + r4.left) * 0.25, sample, row + 1u, column, group, groups);
  store((r1.right + 3.0 * (r2.right + r3.right) + r4.right) * 0.25, sample, row + 1u, column + 1u, group, groups);
}
