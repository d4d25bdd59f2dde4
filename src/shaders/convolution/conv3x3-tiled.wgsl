// Modulated 3x3 convolution with a register tile: a thread computes 4 x 4 pixels of four output channels. Per four input channels it
// loads 36 pixels and 36 weight vectors for 576 vector multiply-adds, where conv3x3-plain.wgsl loads 45 for 36. Same operands and result.
//
// Shapes, layout, params: as conv3x3-plain.wgsl.
// Dispatch  one thread per 4 x 4 tile and four output channels, rows firstRow (a multiple of 4) to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup; about 64 + 48 + 24 registers.
// Cost      18 in out FLOPs a pixel; 72 loads of 16 bytes for 4608 FLOPs.
//
// The sums are grouped into long expressions of values, not updates of variables: SwiftShader keeps values in registers but writes every
// variable back to memory (measured: a factor of three).

#include "common/convolution/conv3x3-operands"
#include "common/convolution/output-pixel"
#include "common/each-element"

// Four input channels of six neighbouring pixels of a row: the tile's four and one on either side.
struct InputStrip {
  left: vec4f,
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
  right: vec4f,
}

// Four output channels of the four pixels of a row of the tile.
struct OutputStrip {
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
}

// One row of the 3x3 kernel: each matrix maps four input channels to four output channels.
struct KernelRow {
  left: mat4x4f,
  middle: mat4x4f,
  right: mat4x4f,
}

// Pixels outside the image are read from its edge and multiplied by zero: cheaper than a branch.
fn loadStrip(sample: u32, row: i32, column: i32, inGroup: u32, style: vec4f) -> InputStrip {
  let lastColumn = i32(params.width) - 1;
  let inside = row >= 0 && row < i32(params.height);
  let scale = select(vec4f(0), style, inside);
  let rowStart = (sample * params.height + select(0u, u32(row), inside)) * params.width;
  let step = params.inputGroups;
  let p1 = min(column + 1, lastColumn);
  let p2 = min(column + 2, lastColumn);
  let p3 = min(column + 3, lastColumn);
  let right = min(column + 4, lastColumn);
  return InputStrip(
    fromInputVector(input[(rowStart + u32(max(column - 1, 0))) * step + inGroup]) * select(vec4f(0), scale, column > 0),
    fromInputVector(input[(rowStart + u32(column)) * step + inGroup]) * scale,
    fromInputVector(input[(rowStart + u32(p1)) * step + inGroup]) * select(vec4f(0), scale, column + 1 <= lastColumn),
    fromInputVector(input[(rowStart + u32(p2)) * step + inGroup]) * select(vec4f(0), scale, column + 2 <= lastColumn),
    fromInputVector(input[(rowStart + u32(p3)) * step + inGroup]) * select(vec4f(0), scale, column + 3 <= lastColumn),
    fromInputVector(input[(rowStart + u32(right)) * step + inGroup]) * select(vec4f(0), scale, column + 4 <= lastColumn),
  );
}

fn loadKernelRow(tapRow: u32, inGroup: u32, group: u32, groups: u32) -> KernelRow {
  let tap = params.inputGroups * 4u * groups; // from one tap to the next
  let at = tapRow * 3u * tap + inGroup * 4u * groups + group;
  return KernelRow(loadMatrix(at, groups), loadMatrix(at + tap, groups), loadMatrix(at + 2u * tap, groups));
}

// Adds to a row of the tile what the three rows of pixels around it contribute.
fn accumulate(
  sum: OutputStrip,
  above: InputStrip, here: InputStrip, below: InputStrip,
  k0: KernelRow, k1: KernelRow, k2: KernelRow,
) -> OutputStrip {
  return OutputStrip(
    sum.p0 + k0.left * above.left + k0.middle * above.p0 + k0.right * above.p1
           + k1.left * here.left + k1.middle * here.p0 + k1.right * here.p1
           + k2.left * below.left + k2.middle * below.p0 + k2.right * below.p1,
    sum.p1 + k0.left * above.p0 + k0.middle * above.p1 + k0.right * above.p2
           + k1.left * here.p0 + k1.middle * here.p1 + k1.right * here.p2
           + k2.left * below.p0 + k2.middle * below.p1 + k2.right * below.p2,
    sum.p2 + k0.left * above.p1 + k0.middle * above.p2 + k0.right * above.p3
           + k1.left * here.p1 + k1.middle * here.p2 + k1.right * here.p3
           + k2.left * below.p1 + k2.middle * below.p2 + k2.right * below.p3,
    sum.p3 + k0.left * above.p2 + k0.middle * above.p3 + k0.right * above.right
           + k1.left * here.p2 + k1.middle * here.p3 + k1.right * here.right
           + k2.left * below.p2 + k2.middle * below.p3 + k2.right * below.right,
  );
}

fn storeStrip(sums: OutputStrip, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  storePixel(sums.p0, sample, row, column, group, groups, params.endRow);
  storePixel(sums.p1, sample, row, column + 1u, group, groups, params.endRow);
  storePixel(sums.p2, sample, row, column + 2u, group, groups, params.endRow);
  storePixel(sums.p3, sample, row, column + 3u, group, groups, params.endRow);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let tileColumns = (params.width + 3u) / 4u;
  let tileRows = (params.endRow - params.firstRow + 3u) / 4u;
  if (index >= params.batch * tileRows * tileColumns * groups) { return; }
  let group = index % groups;
  let column = index / groups % tileColumns * 4u;
  let row = params.firstRow + index / (groups * tileColumns) % tileRows * 4u;
  let sample = index / (groups * tileColumns * tileRows);

  let y = i32(row);
  let x = i32(column);
  var sum0 = OutputStrip();
  var sum1 = OutputStrip();
  var sum2 = OutputStrip();
  var sum3 = OutputStrip();
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let style = styles[sample * params.inputGroups + inGroup];
    let k0 = loadKernelRow(0u, inGroup, group, groups);
    let k1 = loadKernelRow(1u, inGroup, group, groups);
    let k2 = loadKernelRow(2u, inGroup, group, groups);
    let r0 = loadStrip(sample, y - 1, x, inGroup, style);
    let r1 = loadStrip(sample, y, x, inGroup, style);
    let r2 = loadStrip(sample, y + 1, x, inGroup, style);
    sum0 = accumulate(sum0, r0, r1, r2, k0, k1, k2);
    let r3 = loadStrip(sample, y + 2, x, inGroup, style);
    sum1 = accumulate(sum1, r1, r2, r3, k0, k1, k2);
    let r4 = loadStrip(sample, y + 3, x, inGroup, style);
    sum2 = accumulate(sum2, r2, r3, r4, k0, k1, k2);
    let r5 = loadStrip(sample, y + 4, x, inGroup, style);
    sum3 = accumulate(sum3, r3, r4, r5, k0, k1, k2);
  }

  storeStrip(sum0, sample, row, column, group, groups);
  storeStrip(sum1, sample, row + 1u, column, group, groups);
  storeStrip(sum2, sample, row + 2u, column, group, groups);
  storeStrip(sum3, sample, row + 3u, column, group, groups);
}
