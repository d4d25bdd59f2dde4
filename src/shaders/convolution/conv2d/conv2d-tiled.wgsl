// Two-dimensional convolution of a small kernel with a register tile: a thread computes ROWS x COLUMNS pixels of four output channels. Same result
// as conv2d.wgsl. The weights may also be read the other way round, from output to input channels and with taps in reverse, which makes of it the
// gradient with respect to the input of a convolution without stride; and with MODULATED factors on input and output channels.
//
// Shapes    input [N, H, W, inChannels]; weight [kernelHeight, kernelWidth, inPadded, outChannels], or, TRANSPOSED, [kernelHeight, kernelWidth,
//           outPadded, inChannels]; inputScale [N, inChannels]; outputScale [N, outChannels]; output [N, outHeight, outWidth, outChannels].
// Layout    vec4f along channels; the weight f32 or f16.
// Dispatch  one thread per tile and four output channels, rows firstRow (a multiple of ROWS) to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup; ROWS * COLUMNS vectors of sums.
// Cost      2 taps in out FLOPs an output pixel; with 3x3 taps and 4 x 4 pixels 72 loads of 16 bytes for 4608 FLOPs.
//
// As in conv3x3-tiled.wgsl, a row of pixels is read when it is first needed, and each sum is one long expression.

#const KERNEL_HEIGHT
#const KERNEL_WIDTH
#const STRIDE
#const TILE_ROWS
#const TILE_COLUMNS
#const TRANSPOSED: bool = 0
#const FLIPPED: bool = 0
#const MODULATED: bool = 0
#include "common/each-element"
#include "common/keep-channels"
#storage WeightVector
#param batch, height, width, inputGroups, outHeight, outWidth, firstRow, endRow: u32
#param channels: u32 // of the output
#param padLeft, padTop: i32 // negative crops
#read input: array<vec4f>
#read weight: array<WeightVector>
#if MODULATED
#read inputScale, outputScale: array<vec4f>
#end
#write output: array<vec4f>

// The matrix of a tap from four input channels to four output channels.
fn loadTap(tap: u32, inGroup: u32, group: u32, groups: u32) -> mat4x4f {
#if TRANSPOSED
  let step = params.inputGroups;
  let at = (tap * groups + group) * 4u * step + inGroup;
#else
  let step = groups;
  let at = (tap * params.inputGroups + inGroup) * 4u * step + group;
#end
  let matrix = mat4x4f(
    fromWeightVector(weight[at]), fromWeightVector(weight[at + step]),
    fromWeightVector(weight[at + 2u * step]), fromWeightVector(weight[at + 3u * step]));
#if TRANSPOSED
  return transpose(matrix);
#else
  return matrix;
#end
}

fn storePixel(sum: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  if (row >= params.endRow || column >= params.outWidth) { return; }
#if MODULATED
  let value = sum * outputScale[sample * groups + group];
#else
  let value = sum;
#end
  let at = ((sample * params.outHeight + row) * params.outWidth + column) * groups + group;
  output[at] = keepChannels(value, group, params.channels);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let tileColumns = (params.outWidth + ${TILE_COLUMNS - 1}u) / ${TILE_COLUMNS}u;
  let tileRows = (params.endRow - params.firstRow + ${TILE_ROWS - 1}u) / ${TILE_ROWS}u;
  if (index >= params.batch * tileRows * tileColumns * groups) { return; }
  let group = index % groups;
  let column = index / groups % tileColumns * ${TILE_COLUMNS}u;
  let row = params.firstRow + index / (groups * tileColumns) % tileRows * ${TILE_ROWS}u;
  let sample = index / (groups * tileColumns * tileRows);

  // Pixels outside the picture are read from its edge and multiplied by zero: cheaper than a branch.
  let top = i32(row) * ${STRIDE} - params.padTop;
  let left = i32(column) * ${STRIDE} - params.padLeft;
  let lastRow = i32(params.height) - 1;
  let lastColumn = i32(params.width) - 1;
  #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_HEIGHT
  let y${row} = (sample * params.height + u32(clamp(top + ${row}, 0, lastRow))) * params.width;
  let isRow${row} = top + ${row} >= 0 && top + ${row} <= lastRow;
  #end
  #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_WIDTH
  let x${column} = u32(clamp(left + ${column}, 0, lastColumn));
  let isColumn${column} = left + ${column} >= 0 && left + ${column} <= lastColumn;
  #end

  #for row in 0..TILE_ROWS
    #for column in 0..TILE_COLUMNS
  var sum_${row}_${column} = vec4f(0);
    #end
  #end
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
#if MODULATED
    let factor = inputScale[sample * params.inputGroups + inGroup];
#else
    let factor = vec4f(1);
#end
    #for tapRow in 0..KERNEL_HEIGHT
      #for tapColumn in 0..KERNEL_WIDTH
        #if FLIPPED
    let k_${tapRow}_${tapColumn} = loadTap(${(KERNEL_HEIGHT - tapRow) * KERNEL_WIDTH - 1 - tapColumn}u, inGroup, group, groups);
        #else
    let k_${tapRow}_${tapColumn} = loadTap(${tapRow * KERNEL_WIDTH + tapColumn}u, inGroup, group, groups);
        #end
      #end
    #end
    #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_HEIGHT
    let factor${row} = select(vec4f(0), factor, isRow${row});
      #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_WIDTH
    let p_${row}_${column} = input[(y${row} + x${column}) * params.inputGroups + inGroup] * select(vec4f(0), factor${row}, isColumn${column});
      #end
      #if row >= KERNEL_HEIGHT - 1 && (row - KERNEL_HEIGHT + 1) % STRIDE == 0
        #for column in 0..TILE_COLUMNS
    sum_${(row - KERNEL_HEIGHT + 1) / STRIDE}_${column} = sum_${(row - KERNEL_HEIGHT + 1) / STRIDE}_${column}
          #for tapRow in 0..KERNEL_HEIGHT
            #for tapColumn in 0..KERNEL_WIDTH
      + k_${tapRow}_${tapColumn} * p_${row - KERNEL_HEIGHT + 1 + tapRow}_${column * STRIDE + tapColumn}
            #end
          #end
    ;
        #end
      #end
    #end
  }

  #for row in 0..TILE_ROWS
    #for column in 0..TILE_COLUMNS
  storePixel(sum_${row}_${column}, sample, row + ${row}u, column + ${column}u, group, groups);
    #end
  #end
}
