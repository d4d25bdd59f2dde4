// The second half of an up=2 layer from texels (fir-epilogue.wgsl does the same from a tensor): the low-pass filter [1, 3, 3, 1] x [1, 3, 3, 1] / 64
// with gain 4 and zero padding 1, then noise, bias, activation, gain and clamp.
//
// Shapes    unfiltered: from conv3x3-sampled-up2.wgsl; noise [1 or N, H, W]; bias [C]; output [N, H, W, C], H and W even.
// Layout    vec4 along C; noise in single floats.
// Dispatch  one thread per SIDE x SIDE output pixels and four channels, pairs of rows firstPair to endPair, 64 per workgroup (each-element).
//           The ring must hold rows 2 firstPair - 1 to 2 endPair + 1.
// Memory    none in the workgroup.
// Cost      about 30 FLOPs an element; (SIDE + 3)^2 texels for SIDE^2 vectors.

#include "common/convolution/layer-output"
#include "common/each-element"
#const SIDE
#param sample, ringRows, endPair: u32
#param height, width: u32 // of the output
#param firstPair: u32 // of output rows
#texture unfiltered: texture_2d_array<f32>
#sampler nearest

// One row of the picture to be filtered, filtered horizontally at SIDE places.
struct Row {
  #for column in 0..SIDE
  v${column}: vec4f,
  #end
}

// Rows and columns outside count as zero; what the sampler finds there does not matter.
fn filterRow(row: i32, column: i32, group: u32) -> Row {
  let lastRow = i32(params.height);
  let lastColumn = i32(params.width);
  let y = (f32(u32(clamp(row, 0, lastRow)) % params.ringRows) + 0.5) / f32(params.ringRows);
  let scale = 0.0625 * f32(row >= 0 && row <= lastRow);
  #for tap in 0..SIDE + 3
  let x${tap} = (f32(column) + ${tap}.0 - 0.5) / f32(lastColumn + 1);
  let inside${tap} = scale * f32(column + ${tap} >= 1 && column + ${tap} <= lastColumn + 1);
  let s${tap} = textureSampleLevel(unfiltered, nearest, vec2f(x${tap}, y), group, 0.0) * inside${tap};
  #end
  return Row(
    #for column in 0..SIDE
    s${column} + 3.0 * (s${column + 1} + s${column + 2}) + s${column + 3},
    #end
  );
}

fn store(value: vec4f, row: u32, column: u32, group: u32, groups: u32, channelBias: vec4f) {
  if (row >= 2u * params.endPair || column >= params.width) { return; }
  let at = ((params.sample * params.height + row) * params.width + column) * groups + group;
  storeLayer(value, at, params.sample, row, column, group, channelBias);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let columns = (params.width + ${SIDE - 1}u) / ${SIDE}u;
  let rows = (2u * (params.endPair - params.firstPair) + ${SIDE - 1}u) / ${SIDE}u;
  if (index >= rows * columns * groups) { return; }
  let group = index % groups;
  let column = index / groups % columns * ${SIDE}u;
  let row = 2u * params.firstPair + index / (groups * columns) * ${SIDE}u;
  let channelBias = bias[group];

  #for tap in 0..SIDE + 3
  let r${tap} = filterRow(i32(row) + ${tap} - 1, i32(column), group);
  #end
  #for row in 0..SIDE
    #for column in 0..SIDE
  store(r${row}.v${column} + 3.0 * (r${row + 1}.v${column} + r${row + 2}.v${column}) + r${row + 3}.v${column},
    row + ${row}u, column + ${column}u, group, groups, channelBias);
    #end
  #end
}
