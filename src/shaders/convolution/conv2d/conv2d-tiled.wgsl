// Two-dimensional convolution of a small kernel with a register tile: a thread computes TILE_ROWS x TILE_COLUMNS pixels of 4 OUT_GROUPS output channels. Same result
// as conv2d.wgsl. The weights may also be read the other way round, from output to input channels and with taps in reverse, which makes of it the
// gradient with respect to the input of a convolution without stride; and with MODULATED factors on input and output channels.
//
// Shapes    input [N, H, W, inChannels]; weight [kernelHeight, kernelWidth, inPadded, outChannels], or, TRANSPOSED, [kernelHeight, kernelWidth,
//           outPadded, inChannels]; inputScale [N, inChannels]; outputScale [N, outChannels]; output [N, outHeight, outWidth, outChannels].
// Layout    vec4f along channels; the weight f32 or f16.
// Dispatch  one thread per tile and 4 OUT_GROUPS output channels, rows firstRow (a multiple of TILE_ROWS) to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup; TILE_ROWS * TILE_COLUMNS * OUT_GROUPS vectors of sums.
// Cost      2 taps in out FLOPs an output pixel; with 3x3 taps and 4 x 4 pixels 72 loads of 16 bytes for 4608 FLOPs.
//
// As in conv3x3-tiled.wgsl, a row of pixels is read when it is first needed, and each sum is one long expression.

#const KERNEL_HEIGHT
#const KERNEL_WIDTH
#const STRIDE
#const TILE_ROWS
#const TILE_COLUMNS
#const OUT_GROUPS
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
  if (row >= params.endRow || column >= params.outWidth || group >= groups) { return; }
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
  let blocks = (groups + ${OUT_GROUPS - 1}u) / ${OUT_GROUPS}u;
  if (index >= params.batch * tileRows * tileColumns * blocks) { return; }
  let group = index % blocks * ${OUT_GROUPS}u;
  let column = index / blocks % tileColumns * ${TILE_COLUMNS}u;
  let row = params.firstRow + index / (blocks * tileColumns) % tileRows * ${TILE_ROWS}u;
  let sample = index / (blocks * tileColumns * tileRows);
  // Channels beyond the last are computed with the weights of the last, and not stored.
  #for out in 0..OUT_GROUPS
  let group${out} = min(group + ${out}u, groups - 1u);
  #end

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
      #for out in 0..OUT_GROUPS
  var sum_${row}_${column}_${out} = vec4f(0);
      #end
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
        #for out in 0..OUT_GROUPS
          #if FLIPPED
    let k_${tapRow}_${tapColumn}_${out} = loadTap(${(KERNEL_HEIGHT - tapRow) * KERNEL_WIDTH - 1 - tapColumn}u, inGroup, group${out}, groups);
          #else
    let k_${tapRow}_${tapColumn}_${out} = loadTap(${tapRow * KERNEL_WIDTH + tapColumn}u, inGroup, group${out}, groups);
          #end
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
          #for out in 0..OUT_GROUPS
    sum_${(row - KERNEL_HEIGHT + 1) / STRIDE}_${column}_${out} = sum_${(row - KERNEL_HEIGHT + 1) / STRIDE}_${column}_${out}
            #for tapRow in 0..KERNEL_HEIGHT
              #for tapColumn in 0..KERNEL_WIDTH
      + k_${tapRow}_${tapColumn}_${out} * p_${row - KERNEL_HEIGHT + 1 + tapRow}_${column * STRIDE + tapColumn}
              #end
            #end
    ;
          #end
        #end
      #end
    #end
  }

  #for row in 0..TILE_ROWS
    #for column in 0..TILE_COLUMNS
      #for out in 0..OUT_GROUPS
  storePixel(sum_${row}_${column}_${out}, sample, row + ${row}u, column + ${column}u, group + ${out}u, groups);
      #end
    #end
  #end
}
