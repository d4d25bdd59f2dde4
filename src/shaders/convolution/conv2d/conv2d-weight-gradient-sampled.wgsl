// Gradient of a convolution with respect to its weights, for software adapters: what conv2d-weight-gradient-tiled.wgsl computes, for square kernels of
// 3x3 taps or one, but pixels are read as texels, which costs less than half there (conv3x3-sampled.wgsl says more).
//
// Shapes    staged, stagedGradient: from stage-input.wgsl, rows of one sample with a border of a pixel, as many as the last tile needs: beyond the
//           picture they are zero. OFFSET is the place in staged, along both axes, of the first tap of the gradient's first pixel: 0 with padding 1.
//           output [parts, taps, inPadded, outChannels], or SWAPPED [parts, taps, outPadded, inChannels], of which this writes `splits` from
//           firstPart on, each the sums over rowsPerSplit rows of the gradient.
// Layout    vec4 along channels.
// Dispatch  one thread per split of the rows and block of 4 IN_GROUPS input channels and 4 OUT_GROUPS output channels, 16 per workgroup (each-element).
// Memory    none in the workgroup; 4 taps IN_GROUPS OUT_GROUPS vectors of sums.
// Cost      2 taps in out FLOPs a pixel; with 3x3 taps and stride 1 per tile (TILE_ROWS + 2) (TILE_COLUMNS + 2) + TILE_ROWS TILE_COLUMNS texels.

#const WORKGROUP_THREADS = 16
#const KERNEL_SIDE = 3
#const TILE_ROWS
#const TILE_COLUMNS
#const IN_GROUPS
#const OUT_GROUPS
#const STRIDE
#const OFFSET
#const SWAPPED: bool = 0
#include "common/convolution/staged-pixels"
#include "common/each-element"
#param width, rows: u32 // of the gradient, rows of those that are staged
#param splits, rowsPerSplit, firstPart: u32
#param inputGroups: u32
#param groups: u32 // of the gradient
#param gradientTexelWidth, gradientTexelHeight: f32
#texture stagedGradient: texture_2d_array<f32>
#write output: array<vec4f>

fn gradientPixel(x: f32, y: f32, group: u32) -> vec4f {
  return textureSampleLevel(stagedGradient, nearest, vec2f(x, y), group, 0.0);
}

// Groups beyond the last are computed with what the sampler makes of them, and not stored.
fn store(sums: mat4x4f, part: u32, tap: u32, inGroup: u32, group: u32) {
  if (inGroup >= params.inputGroups || group >= params.groups) { return; }
#if SWAPPED
  let step = params.inputGroups;
  let first = ((part * ${KERNEL_SIDE * KERNEL_SIDE}u + tap) * params.groups + group) * 4u * step + inGroup;
  let rows = transpose(sums);
#else
  let step = params.groups;
  let first = ((part * ${KERNEL_SIDE * KERNEL_SIDE}u + tap) * params.inputGroups + inGroup) * 4u * step + group;
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
  if (index >= params.splits * blocks * inBlocks) { return; }
  let group = index % blocks * ${OUT_GROUPS}u;
  let inGroup = index / blocks % inBlocks * ${IN_GROUPS}u;
  let split = index / (blocks * inBlocks);
  let firstRow = split * params.rowsPerSplit;
  let endRow = min(firstRow + params.rowsPerSplit, params.rows);

  #for sum in 0..KERNEL_SIDE * KERNEL_SIDE * IN_GROUPS * OUT_GROUPS
    #for channel in 0..4
  var sum${sum}_${channel} = vec4f(0);
    #end
  #end
  for (var row = firstRow; row < endRow; row += ${TILE_ROWS}u) {
    #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_SIDE
    let y${row} = (f32(row) * ${STRIDE}.0 + ${row + OFFSET}.5) * params.texelHeight;
    #end
    #for row in 0..TILE_ROWS
    let gradientY${row} = (f32(row) + ${row + 1}.5) * params.gradientTexelHeight;
    #end
    for (var column = 0u; column < params.width; column += ${TILE_COLUMNS}u) {
      #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_SIDE
      let x${column} = (f32(column) * ${STRIDE}.0 + ${column + OFFSET}.5) * params.texelWidth;
      #end
      #for row in 0..TILE_ROWS
        #for column in 0..TILE_COLUMNS
      let gradientX_${row}_${column} = (f32(column) + ${column + 1}.5) * params.gradientTexelWidth;
          #for out in 0..OUT_GROUPS
      let g_${row}_${column}_${out} = gradientPixel(gradientX_${row}_${column}, gradientY${row}, group + ${out}u);
          #end
        #end
      #end
      #for row in 0..(TILE_ROWS - 1) * STRIDE + KERNEL_SIDE
        #for column in 0..(TILE_COLUMNS - 1) * STRIDE + KERNEL_SIDE
          #for in in 0..IN_GROUPS
      let p_${row}_${column}_${in} = stagedPixel(x${column}, y${row}, inGroup + ${in}u);
            #for tapRow in 0..KERNEL_SIDE
              #for tapColumn in 0..KERNEL_SIDE
                #if row >= tapRow && (row - tapRow) % STRIDE == 0 && row - tapRow < TILE_ROWS * STRIDE
                  #if column >= tapColumn && (column - tapColumn) % STRIDE == 0 && column - tapColumn < TILE_COLUMNS * STRIDE
                    #for out in 0..OUT_GROUPS
                      #for channel in 0..4
      sum${((tapRow * KERNEL_SIDE + tapColumn) * IN_GROUPS + in) * OUT_GROUPS + out}_${channel} += p_${row}_${column}_${in}[${channel}] * g_${(row - tapRow) / STRIDE}_${(column - tapColumn) / STRIDE}_${out};
                      #end
                    #end
                  #end
                #end
              #end
            #end
          #end
        #end
      #end
    }
  }

  let part = params.firstPart + split;
  #for tap in 0..KERNEL_SIDE * KERNEL_SIDE
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
