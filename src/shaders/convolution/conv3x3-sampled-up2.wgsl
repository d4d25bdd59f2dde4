// Modulated 3x3 convolution with up=2 before its FIR filter, for software adapters: what conv3x3-transposed.wgsl computes,
// in the manner of conv3x3-sampled.wgsl. Pixel (i, j) adds weight[ky, kx] times itself to place (2i + ky, 2j + kx). A quad is two rows by
// two columns of those places, of which there are H + 1 by W + 1 (the last ones half outside).
//
// Shapes    staged: from stage-input.wgsl, its firstRow is ours; weight as for conv3x3-sampled.wgsl; demodulation [N, outChannels];
//           unfiltered: outChannels / 4 layers of 2W + 1 by ringRows texels, row r of the 2H + 1 at r mod ringRows.
// Layout    vec4 along channels.
// Dispatch  one thread per ROWS x COLUMNS quads and 4 GROUPS output channels, 16 per workgroup: tiles of a row first, then blocks, then rows;
//           quad rows firstRow to endRow.
// Memory    none in the workgroup; 4 * ROWS * COLUMNS * GROUPS vectors of sums.
// Cost      18 in out FLOPs an input pixel; per four input channels (ROWS + 1) (COLUMNS + 1) + 36 GROUPS texels.

#const WORKGROUP_THREADS = 16
#const KERNEL_SIDE = 3
#const COLUMNS
#const GROUPS
#const ROWS
#include "common/convolution/sampled-weights"
#include "common/convolution/staged-pixels"
#include "common/each-element"
#param sample, firstRow, endRow, ringRows: u32
#param height, width: u32 // of the input
#param groups: u32 // of the output's channels
#read demodulation: array<vec4f>
#texture unfiltered: texture_storage_2d_array<rgba32float, write>

fn element(index: u32) {
  let blocks = (params.groups + ${GROUPS - 1}u) / ${GROUPS}u;
  let tileColumns = (params.width + ${COLUMNS}u) / ${COLUMNS}u; // of width + 1 quads
  let tileRows = (params.endRow - params.firstRow + ${ROWS - 1}u) / ${ROWS}u;
  if (index >= tileRows * tileColumns * blocks) { return; }
  let column = index % tileColumns * ${COLUMNS}u;
  let block = index / tileColumns % blocks;
  let bandRow = index / (tileColumns * blocks) * ${ROWS}u;

  #for column in 0..COLUMNS + 1
  let x${column} = (f32(column) + ${column}.5) * params.texelWidth;
  #end
  #for row in 0..ROWS + 1
  let y${row} = (f32(bandRow) + ${row}.5) * params.texelHeight;
  #end
  #for place in 0..4 * ROWS * COLUMNS * GROUPS
  var sum${place} = vec4f(0);
  #end
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let weightY = weightRow(block, inGroup);
    #for matrix in 0..9 * GROUPS
    let k${matrix} = mat4x4f(
      weightTexel(${4 * matrix}.5, weightY), weightTexel(${4 * matrix + 1}.5, weightY),
      weightTexel(${4 * matrix + 2}.5, weightY), weightTexel(${4 * matrix + 3}.5, weightY));
    #end
    #for row in 0..ROWS + 1
      #for column in 0..COLUMNS + 1
    let p_${row}_${column} = stagedPixel(x${column}, y${row}, inGroup);
        #for tapRow in 0..3
          #for tapColumn in 0..3
            #if row + tapRow / 2 >= 1 && row + tapRow / 2 <= ROWS && column + tapColumn / 2 >= 1 && column + tapColumn / 2 <= COLUMNS
              #for group in 0..GROUPS
    sum${((2 * (row + tapRow / 2 - 1) + tapRow % 2) * 2 * COLUMNS + 2 * (column + tapColumn / 2 - 1) + tapColumn % 2) * GROUPS + group} += p_${row}_${column} * k${(tapRow * 3 + tapColumn) * GROUPS + group};
              #end
            #end
          #end
        #end
      #end
    #end
  }

  // Only what a loop numbers needs an array.
  var sums: array<vec4f, ${4 * ROWS * COLUMNS * GROUPS}>;
  #for place in 0..4 * ROWS * COLUMNS * GROUPS
  sums[${place}] = sum${place};
  #end
  #for group in 0..GROUPS
  let group${group} = block * ${GROUPS}u + ${group}u;
  let scale${group} = demodulation[params.sample * params.groups + min(group${group}, params.groups - 1u)];
  #end
  let firstY = 2u * (params.firstRow + bandRow);
  let endY = min(min(firstY + ${2 * ROWS}u, 2u * params.endRow), 2u * params.height + 1u);
  let endX = min(2u * column + ${2 * COLUMNS}u, 2u * params.width + 1u);
  var row = 0u;
  for (var y = firstY; y < endY; y++) {
    var place = row;
    for (var x = 2u * column; x < endX; x++) {
      #for group in 0..GROUPS
      if (group${group} < params.groups) {
        textureStore(unfiltered, vec2u(x, y % params.ringRows), group${group}, sums[place + ${group}u] * scale${group});
      }
      #end
      place += ${GROUPS}u;
    }
    row += ${2 * COLUMNS * GROUPS}u;
  }
}
