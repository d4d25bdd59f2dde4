// Gradient of a 3x3 convolution with respect to its weights, for software adapters: what conv2d/conv2d-weight-gradient-tiled.wgsl computes, but
// pixels are read as texels, which costs less than half there (conv3x3-sampled.wgsl says more).
//
// Shapes    staged, stagedGradient: from stage-input.wgsl, rows of one sample with a border of a pixel, as many as the last tile needs: beyond the
//           picture they are zero. OFFSET is the place in staged, along both axes, of the first tap of the gradient's first pixel: 0 with padding 1.
//           output [parts, 3, 3, inPadded, outChannels], or SWAPPED [parts, 3, 3, outPadded, inChannels], of which this writes `splits` from
//           firstPart on, each the sums over rowsPerSplit rows of the gradient.
// Layout    vec4 along channels.
// Dispatch  one thread per split of the rows, four input channels and four output channels, 16 per workgroup (each-element).
// Memory    none in the workgroup; 36 vectors of sums.
// Cost      18 in out FLOPs a pixel; per tile (TILE_ROWS + 2) (TILE_COLUMNS + 2) + TILE_ROWS TILE_COLUMNS texels with stride 1.

#const WORKGROUP_THREADS = 16
#const TILE_ROWS
#const TILE_COLUMNS
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

fn store(sums: mat4x4f, part: u32, tap: u32, inGroup: u32, group: u32) {
#if SWAPPED
  let step = params.inputGroups;
  let first = ((part * 9u + tap) * params.groups + group) * 4u * step + inGroup;
  let rows = transpose(sums);
#else
  let step = params.groups;
  let first = ((part * 9u + tap) * params.inputGroups + inGroup) * 4u * step + group;
  let rows = sums;
#end
  output[first] = rows[0];
  output[first + step] = rows[1];
  output[first + 2u * step] = rows[2];
  output[first + 3u * step] = rows[3];
}

fn element(index: u32) {
  if (index >= params.splits * params.groups * params.inputGroups) { return; }
  let group = index % params.groups;
  let inGroup = index / params.groups % params.inputGroups;
  let split = index / (params.groups * params.inputGroups);
  let firstRow = split * params.rowsPerSplit;
  let endRow = min(firstRow + params.rowsPerSplit, params.rows);

  #for sum in 0..9
    #for channel in 0..4
  var sum${sum}_${channel} = vec4f(0);
    #end
  #end
  for (var row = firstRow; row < endRow; row += ${TILE_ROWS}u) {
    #for row in 0..(TILE_ROWS - 1) * STRIDE + 3
    let y${row} = (f32(row) * ${STRIDE}.0 + ${row + OFFSET}.5) * params.texelHeight;
    #end
    #for row in 0..TILE_ROWS
    let gradientY${row} = (f32(row) + ${row + 1}.5) * params.gradientTexelHeight;
    #end
    for (var column = 0u; column < params.width; column += ${TILE_COLUMNS}u) {
      #for column in 0..(TILE_COLUMNS - 1) * STRIDE + 3
      let x${column} = (f32(column) * ${STRIDE}.0 + ${column + OFFSET}.5) * params.texelWidth;
      #end
      #for row in 0..TILE_ROWS
        #for column in 0..TILE_COLUMNS
      let g_${row}_${column} = gradientPixel((f32(column) + ${column + 1}.5) * params.gradientTexelWidth, gradientY${row}, group);
        #end
      #end
      #for row in 0..(TILE_ROWS - 1) * STRIDE + 3
        #for column in 0..(TILE_COLUMNS - 1) * STRIDE + 3
      let p_${row}_${column} = stagedPixel(x${column}, y${row}, inGroup);
          #for tapRow in 0..3
            #for tapColumn in 0..3
              #if row >= tapRow && (row - tapRow) % STRIDE == 0 && row - tapRow < TILE_ROWS * STRIDE
                #if column >= tapColumn && (column - tapColumn) % STRIDE == 0 && column - tapColumn < TILE_COLUMNS * STRIDE
                  #for channel in 0..4
      sum${tapRow * 3 + tapColumn}_${channel} += p_${row}_${column}[${channel}] * g_${(row - tapRow) / STRIDE}_${(column - tapColumn) / STRIDE};
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
  #for tap in 0..9
  store(mat4x4f(sum${tap}_0, sum${tap}_1, sum${tap}_2, sum${tap}_3), part, ${tap}u, inGroup, group);
  #end
}
