// Gradient of a convolution of a small kernel with respect to its weights: a thread holds the sums of all taps, for IN_GROUPS times four input
// channels and OUT_GROUPS times four output channels, and walks over the pixels in tiles of TILE_ROWS x TILE_COLUMNS, each pixel of which serves
// all taps. Same result as conv2d-weight-gradient.wgsl.
//
// Shapes    input [N, H, W, inChannels]; gradient [N, outHeight, outWidth, outChannels], with respect to the convolution's output; output [N * splits,
//           kernelHeight, kernelWidth, inPadded, outChannels], or SWAPPED, for a transposed convolution, whose input is the smaller picture,
//           [N * splits, kernelHeight, kernelWidth, outPadded, inChannels]: of each sample the sums over `rowsPerSplit` rows of the gradient.
// Layout    vec4f along channels. Rows and columns of padded channels come out as zeros, as the padding of input and gradient is zero.
// Dispatch  one thread per part and block of channels, parts firstPart to endPart, 64 per workgroup (each-element).
// Memory    none in the workgroup; 4 taps IN_GROUPS OUT_GROUPS vectors of sums.
// Cost      2 taps in out FLOPs an output pixel; with 3x3 taps and 2 x 4 pixels 32 loads of 16 bytes for 2304 FLOPs.

#const KERNEL_HEIGHT
#const KERNEL_WIDTH
#const STRIDE
#const TILE_ROWS
#const TILE_COLUMNS
#const IN_GROUPS
#const OUT_GROUPS
#const SWAPPED: bool = 0
#include "common/each-element"
#param height, width, outHeight, outWidth, splits, rowsPerSplit, firstPart, endPart: u32
#param inputGroups: u32
#param groups: u32 // of the gradient
#param padLeft, padTop: i32 // negative crops
#read input, gradient: array<vec4f>
#write output: array<vec4f>

fn store(sums: mat4x4f, part: u32, tap: u32, inGroup: u32, group: u32) {
  if (inGroup >= params.inputGroups || group >= params.groups) { return; }
#if SWAPPED
  let step = params.inputGroups;
  let first = ((part * ${KERNEL_HEIGHT * KERNEL_WIDTH}u + tap) * params.groups + group) * 4u * step + inGroup;
  let rows = transpose(sums);
#else
  let step = params.groups;
  let first = ((part * ${KERNEL_HEIGHT * KERNEL_WIDTH}u + tap) * params.inputGroups + inGroup) * 4u * step + group;
  let rows = sums;
#end
  output[first] = rows[0];
  output[first + step] = rows[1];
  output[first + 2u * step] = rows[2];
  output[first + 3u * step] = rows[3];
}

fn element(index: u32) {
  let blocks = (params.groups + ${OUT_GROUPS - 1}u) / ${OUT_GROUPS}u;
  let inBlocks = (params.inputGroups + ${IN_GROUPS - 1}u) / ${IN_GROUPS}u;
  if (index >= (params.endPart - params.firstPart) * blocks * inBlocks) { return; }
  let group = index % blocks * ${OUT_GROUPS}u;
  let inGroup = index / blocks % inBlocks * ${IN_GROUPS}u;
  let part = params.firstPart + index / (blocks * inBlocks);
  let sample = part / params.splits;
  let firstRow = part % params.splits * params.rowsPerSplit;
  let endRow = min(firstRow + params.rowsPerSplit, params.outHeight);
  // Channels beyond the last are computed with those of the last, and not stored.
  #for block in 0..IN_GROUPS
  let inGroup${block} = min(inGroup + ${block}u, params.inputGroups - 1u);
  #end
  #for block in 0..OUT_GROUPS
  let group${block} = min(group + ${block}u, params.groups - 1u);
  #end
  let lastRow = i32(params.height) - 1;
  let lastColumn = i32(params.width) - 1;

  #for sum in 0..KERNEL_HEIGHT * KERNEL_WIDTH * IN_GROUPS * OUT_GROUPS
    #for channel in 0..4
  var sum${sum}_${channel} = vec4f(0);
    #end
  #end
  for (var row = firstRow; row < endRow; row += ${TILE_ROWS}u) {
    let top = i32(row) * ${STRIDE} - params.padTop;
    #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_HEIGHT
    let y${row} = (sample * params.height + u32(clamp(top + ${row}, 0, lastRow))) * params.width;
    let isRow${row} = select(0.0, 1.0, top + ${row} >= 0 && top + ${row} <= lastRow);
    #end
    for (var column = 0u; column < params.outWidth; column += ${TILE_COLUMNS}u) {
      let left = i32(column) * ${STRIDE} - params.padLeft;
      #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_WIDTH
      let x${column} = u32(clamp(left + ${column}, 0, lastColumn));
      let isColumn${column} = left + ${column} >= 0 && left + ${column} <= lastColumn;
      #end
      // Pixels outside the picture are read from its edge and multiplied by zero: cheaper than a branch.
      #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_HEIGHT
        #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_WIDTH
      let p_${row}_${column} = (y${row} + x${column}) * params.inputGroups;
      let f_${row}_${column} = select(0.0, isRow${row}, isColumn${column});
          #for block in 0..IN_GROUPS
      let p_${row}_${column}_${block} = input[p_${row}_${column} + inGroup${block}] * f_${row}_${column};
          #end
        #end
      #end
      #for row in 0..TILE_ROWS
      let outRow${row} = (sample * params.outHeight + min(row + ${row}u, params.outHeight - 1u)) * params.outWidth;
        #for column in 0..TILE_COLUMNS
      let g_${row}_${column} = (outRow${row} + min(column + ${column}u, params.outWidth - 1u)) * params.groups;
      let h_${row}_${column} = select(0.0, 1.0, row + ${row}u < endRow && column + ${column}u < params.outWidth);
          #for block in 0..OUT_GROUPS
      let g_${row}_${column}_${block} = gradient[g_${row}_${column} + group${block}] * h_${row}_${column};
          #end
        #end
      #end
      #for tapRow in 0..KERNEL_HEIGHT
        #for tapColumn in 0..KERNEL_WIDTH
          #for in in 0..IN_GROUPS
            #for out in 0..OUT_GROUPS
              #for channel in 0..4
      sum${((tapRow * KERNEL_WIDTH + tapColumn) * IN_GROUPS + in) * OUT_GROUPS + out}_${channel} = sum${((tapRow * KERNEL_WIDTH + tapColumn) * IN_GROUPS + in) * OUT_GROUPS + out}_${channel}
                #for row in 0..TILE_ROWS
                  #for column in 0..TILE_COLUMNS
        + p_${row * STRIDE + tapRow}_${column * STRIDE + tapColumn}_${in}[${channel}] * g_${row}_${column}_${out}
                  #end
                #end
      ;
              #end
            #end
          #end
        #end
      #end
    }
  }

  #for tap in 0..KERNEL_HEIGHT * KERNEL_WIDTH
    #for in in 0..IN_GROUPS
      #for out in 0..OUT_GROUPS
  store(
    mat4x4f(
        #for channel in 0..4
      sum${(tap * IN_GROUPS + in) * OUT_GROUPS + out}_${channel},
        #end
    ),
    part, ${tap}u, inGroup + ${in}u, group + ${out}u,
  );
      #end
    #end
  #end
}
