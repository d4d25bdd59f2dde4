// Modulated 3x3 convolution with up=2, before its FIR filter (StyleGAN2): zeros are inserted between the pixels, then the true
// convolution (kernel flipped in both axes) is taken over all positions where it touches the image. That is the transposed convolution
//   output[2i + ky, 2j + kx] += weight[ky, kx] * style * input[i, j],
// computed by parity of the output so that no tap meets an inserted zero: an even row takes kernel rows 0 and 2, an odd row takes 1.
//
// Shapes    input [N, H, W, inChannels]; weight [3, 3, inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels];
//           output [N, ringRows, 2W + 1, outChannels]: row r of the 2H + 1 is at r mod ringRows, because not all need be in memory at a
//           time. Noise, bias and activation follow in fir-epilogue.wgsl. TRANSPOSED, the weight is [3, 3, outPadded, inChannels], so that this is
//           the gradient of a convolution with stride 2 with respect to its input (conv2d/conv2d-input-gradient.wgsl is the readable form).
// Layout    vec4f along channels.
// Dispatch  one thread per 4 x 2 quads (8 x 4 output pixels) of four output channels; quad rows firstRow (a multiple of 2) to endRow of
//           H + 1; 64 per workgroup (each-element).
// Memory    none in the workgroup; 128 registers of sums.
// Cost      18 in out FLOPs an input pixel; 51 loads of 16 bytes for 2304 FLOPs.

#const TRANSPOSED: bool = 0
#include "common/convolution/conv3x3-operands"
#include "common/each-element"
#include "common/keep-channels"
#storage OutputVector
#param ringRows: u32
#param channels: u32 // of the output
#write output: array<OutputVector>

// Four input channels of the pixel left of the tile and of its four columns.
struct InputStrip {
  left: vec4f,
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
}

// Four output channels of every second pixel of an output row.
struct OutputStrip {
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
}

// Pixels outside the image are read from its edge and multiplied by zero: cheaper than a branch.
fn loadStrip(sample: u32, row: i32, column: i32, inGroup: u32, style: vec4f) -> InputStrip {
  let lastColumn = i32(params.width) - 1;
  let inside = row >= 0 && row < i32(params.height);
  let scale = select(vec4f(0), style, inside);
  let rowStart = (sample * params.height + select(0u, u32(row), inside)) * params.width;
  let step = params.inputGroups;
  return InputStrip(
    fromInputVector(input[(rowStart + u32(max(column - 1, 0))) * step + inGroup]) * select(vec4f(0), scale, column > 0),
    fromInputVector(input[(rowStart + u32(min(column, lastColumn))) * step + inGroup]) * select(vec4f(0), scale, column <= lastColumn),
    fromInputVector(input[(rowStart + u32(min(column + 1, lastColumn))) * step + inGroup]) * select(vec4f(0), scale, column + 1 <= lastColumn),
    fromInputVector(input[(rowStart + u32(min(column + 2, lastColumn))) * step + inGroup]) * select(vec4f(0), scale, column + 2 <= lastColumn),
    fromInputVector(input[(rowStart + u32(min(column + 3, lastColumn))) * step + inGroup]) * select(vec4f(0), scale, column + 3 <= lastColumn),
  );
}

// The matrix of a tap from four input channels to four output channels.
fn loadTap(tap: u32, inGroup: u32, group: u32, groups: u32) -> mat4x4f {
#if TRANSPOSED
  return transpose(loadMatrix((tap * groups + group) * 4u * params.inputGroups + inGroup, params.inputGroups));
#else
  return loadMatrix((tap * params.inputGroups + inGroup) * 4u * groups + group, groups);
#end
}

// Even rows, even columns: the four corner taps.
fn addCorners(
  sum: OutputStrip, above: InputStrip, here: InputStrip, k00: mat4x4f, k02: mat4x4f, k20: mat4x4f, k22: mat4x4f,
) -> OutputStrip {
  return OutputStrip(
    sum.p0 + k00 * here.p0 + k02 * here.left + k20 * above.p0 + k22 * above.left,
    sum.p1 + k00 * here.p1 + k02 * here.p0 + k20 * above.p1 + k22 * above.p0,
    sum.p2 + k00 * here.p2 + k02 * here.p1 + k20 * above.p2 + k22 * above.p1,
    sum.p3 + k00 * here.p3 + k02 * here.p2 + k20 * above.p3 + k22 * above.p2,
  );
}

// Even rows, odd columns: the taps above and below the centre.
fn addVertical(sum: OutputStrip, above: InputStrip, here: InputStrip, k01: mat4x4f, k21: mat4x4f) -> OutputStrip {
  return OutputStrip(
    sum.p0 + k01 * here.p0 + k21 * above.p0,
    sum.p1 + k01 * here.p1 + k21 * above.p1,
    sum.p2 + k01 * here.p2 + k21 * above.p2,
    sum.p3 + k01 * here.p3 + k21 * above.p3,
  );
}

// Odd rows, even columns: the taps left and right of the centre.
fn addHorizontal(sum: OutputStrip, here: InputStrip, k10: mat4x4f, k12: mat4x4f) -> OutputStrip {
  return OutputStrip(
    sum.p0 + k10 * here.p0 + k12 * here.left,
    sum.p1 + k10 * here.p1 + k12 * here.p0,
    sum.p2 + k10 * here.p2 + k12 * here.p1,
    sum.p3 + k10 * here.p3 + k12 * here.p2,
  );
}

// Odd rows, odd columns: the centre tap.
fn addCentre(sum: OutputStrip, here: InputStrip, k11: mat4x4f) -> OutputStrip {
  return OutputStrip(sum.p0 + k11 * here.p0, sum.p1 + k11 * here.p1, sum.p2 + k11 * here.p2, sum.p3 + k11 * here.p3);
}

fn storePixel(sum: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  let height = params.height * 2u + 1u;
  let width = params.width * 2u + 1u;
  if (row >= height || row >= params.endRow * 2u || column >= width) { return; }
  output[((sample * params.ringRows + row % params.ringRows) * width + column) * groups + group] =
    toOutputVector(keepChannels(sum * demodulation[sample * groups + group], group, params.channels));
}

fn storeRow(even: OutputStrip, odd: OutputStrip, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  storePixel(even.p0, sample, row, column, group, groups);
  storePixel(odd.p0, sample, row, column + 1u, group, groups);
  storePixel(even.p1, sample, row, column + 2u, group, groups);
  storePixel(odd.p1, sample, row, column + 3u, group, groups);
  storePixel(even.p2, sample, row, column + 4u, group, groups);
  storePixel(odd.p2, sample, row, column + 5u, group, groups);
  storePixel(even.p3, sample, row, column + 6u, group, groups);
  storePixel(odd.p3, sample, row, column + 7u, group, groups);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let tileColumns = (params.width + 4u) / 4u; // of width + 1 quads
  let tileRows = (params.endRow - params.firstRow + 1u) / 2u;
  if (index >= params.batch * tileRows * tileColumns * groups) { return; }
  let group = index % groups;
  let column = index / groups % tileColumns * 4u;
  let row = params.firstRow + index / (groups * tileColumns) % tileRows * 2u;
  let sample = index / (groups * tileColumns * tileRows);

  let y = i32(row);
  let x = i32(column);
  var corners0 = OutputStrip();
  var corners1 = OutputStrip();
  var vertical0 = OutputStrip();
  var vertical1 = OutputStrip();
  var horizontal0 = OutputStrip();
  var horizontal1 = OutputStrip();
  var centre0 = OutputStrip();
  var centre1 = OutputStrip();
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let style = styles[sample * params.inputGroups + inGroup];
    let r0 = loadStrip(sample, y - 1, x, inGroup, style);
    let r1 = loadStrip(sample, y, x, inGroup, style);
    let r2 = loadStrip(sample, y + 1, x, inGroup, style);
    let k00 = loadTap(0u, inGroup, group, groups);
    let k02 = loadTap(2u, inGroup, group, groups);
    let k20 = loadTap(6u, inGroup, group, groups);
    let k22 = loadTap(8u, inGroup, group, groups);
    corners0 = addCorners(corners0, r0, r1, k00, k02, k20, k22);
    corners1 = addCorners(corners1, r1, r2, k00, k02, k20, k22);
    let k01 = loadTap(1u, inGroup, group, groups);
    let k21 = loadTap(7u, inGroup, group, groups);
    vertical0 = addVertical(vertical0, r0, r1, k01, k21);
    vertical1 = addVertical(vertical1, r1, r2, k01, k21);
    let k10 = loadTap(3u, inGroup, group, groups);
    let k12 = loadTap(5u, inGroup, group, groups);
    horizontal0 = addHorizontal(horizontal0, r1, k10, k12);
    horizontal1 = addHorizontal(horizontal1, r2, k10, k12);
    let k11 = loadTap(4u, inGroup, group, groups);
    centre0 = addCentre(centre0, r1, k11);
    centre1 = addCentre(centre1, r2, k11);
  }

  storeRow(corners0, vertical0, sample, row * 2u, column * 2u, group, groups);
  storeRow(horizontal0, centre0, sample, row * 2u + 1u, column * 2u, group, groups);
  storeRow(corners1, vertical1, sample, row * 2u + 2u, column * 2u, group, groups);
  storeRow(horizontal1, centre1, sample, row * 2u + 3u, column * 2u, group, groups);
}
