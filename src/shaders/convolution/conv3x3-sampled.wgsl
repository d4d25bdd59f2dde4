// Modulated 3x3 convolution for software adapters: a thread computes ROWS x COLUMNS pixels of 4 GROUPS output channels and
// reads pixels and weights as texels. What that costs there was measured with SwiftShader: a vector from a buffer 40 ns (more in a long
// loop, whose text no longer fits the instruction cache), a texel from a nearest sampler 16, a vector times a matrix 6 if the vector is still in
// registers and 10 if it is not. So each pixel is read and at once added to all sums that it belongs to, and tiles are large.
//
// Shapes    KERNEL_SIDE 1 is a convolution of one tap. staged: from stage-input.wgsl, texel row 0 above pixel row firstRow; weight: one layer, row `block * inputGroups + inGroup` has for
//           each tap, group and output channel the weights of the four input channels; demodulation [N, outChannels];
//           noise [1 or N, H, W]; bias [outChannels]; output [N, H, W, outChannels]. With STRIDE 2 the input is larger: staged texel row 0 lies above
//           pixel row 2 firstRow, and OFFSET is the place in staged of the first tap, 1 without zero padding.
// Layout    vec4 along channels; noise in single floats.
// Dispatch  one thread per tile and block of 4 GROUPS output channels, 16 per workgroup: tiles of a row first, then blocks,
//           then rows, so that a row's pixels stay in the cache for all blocks; rows firstRow to endRow.
// Memory    none in the workgroup; ROWS * COLUMNS * GROUPS vectors of sums.
// Cost      18 in out FLOPs a pixel; per four input channels (ROWS + 2) (COLUMNS + 2) + 36 GROUPS texels for 288 ROWS COLUMNS GROUPS FLOPs.

#const WORKGROUP_THREADS = 16
#const KERNEL_SIDE = 3
#const COLUMNS
#const GROUPS
#const ROWS
#const STRIDE = 1
#const OFFSET = 0
#include "common/convolution/layer-output"
#include "common/convolution/sampled-weights"
#include "common/convolution/staged-pixels"
#include "common/each-element"
#param sample, firstRow, endRow: u32
#param height, width: u32
#read demodulation: array<vec4f>

// What the epilogue needs to know of four output channels.
struct Channels {
  index: u32,
  scale: vec4f,
  bias: vec4f,
}

fn loadChannels(group: u32, groups: u32) -> Channels {
  let inside = min(group, groups - 1u);
  return Channels(group, demodulation[params.sample * groups + inside], bias[inside]);
}

fn store(sum: vec4f, addend: f32, pixel: u32, channels: Channels, groups: u32) {
  if (channels.index >= groups) { return; }
  let result = layerEpilogue(sum * channels.scale + addend, channels.bias, channels.index);
  output[pixel * groups + channels.index] = toOutputVector(result);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let blocks = (groups + ${GROUPS - 1}u) / ${GROUPS}u;
  let tileColumns = (params.width + ${COLUMNS - 1}u) / ${COLUMNS}u;
  let tileRows = (params.endRow - params.firstRow + ${ROWS - 1}u) / ${ROWS}u;
  if (index >= tileRows * tileColumns * blocks) { return; }
  let column = index % tileColumns * ${COLUMNS}u;
  let block = index / tileColumns % blocks;
  let bandRow = index / (tileColumns * blocks) * ${ROWS}u;

  #for column in 0..(COLUMNS - 1) * STRIDE + KERNEL_SIDE
  let x${column} = (f32(column * ${STRIDE}u) + ${column + OFFSET}.5) * params.texelWidth;
  #end
  #for row in 0..(ROWS - 1) * STRIDE + KERNEL_SIDE
  let y${row} = (f32(bandRow * ${STRIDE}u) + ${row + OFFSET}.5) * params.texelHeight;
  #end
  #for place in 0..ROWS * COLUMNS * GROUPS
  var sum${place} = vec4f(0);
  #end
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let weightY = weightRow(block, inGroup);
    #for matrix in 0..KERNEL_SIDE * KERNEL_SIDE * GROUPS
    let k${matrix} = mat4x4f(
      weightTexel(${4 * matrix}.5, weightY), weightTexel(${4 * matrix + 1}.5, weightY),
      weightTexel(${4 * matrix + 2}.5, weightY), weightTexel(${4 * matrix + 3}.5, weightY));
    #end
    #for row in 0..(ROWS - 1) * STRIDE + KERNEL_SIDE
      #for column in 0..(COLUMNS - 1) * STRIDE + KERNEL_SIDE
    let p_${row}_${column} = stagedPixel(x${column}, y${row}, inGroup);
        #for tapRow in 0..KERNEL_SIDE
          #for tapColumn in 0..KERNEL_SIDE
            #if row >= tapRow && (row - tapRow) % STRIDE == 0 && row - tapRow < ROWS * STRIDE
              #if column >= tapColumn && (column - tapColumn) % STRIDE == 0 && column - tapColumn < COLUMNS * STRIDE
                #for group in 0..GROUPS
    sum${((row - tapRow) / STRIDE * COLUMNS + (column - tapColumn) / STRIDE) * GROUPS + group} += p_${row}_${column} * k${(tapRow * KERNEL_SIDE + tapColumn) * GROUPS + group};
                #end
              #end
            #end
          #end
        #end
      #end
    #end
  }

  // Only what a loop numbers needs an array.
  var sums: array<vec4f, ${ROWS * COLUMNS * GROUPS}>;
  #for place in 0..ROWS * COLUMNS * GROUPS
  sums[${place}] = sum${place};
  #end
  #for group in 0..GROUPS
  let channels${group} = loadChannels(block * ${GROUPS}u + ${group}u, groups);
  #end
  let lastRow = min(params.firstRow + bandRow + ${ROWS}u, params.endRow);
  var place = 0u;
  for (var y = params.firstRow + bandRow; y < lastRow; y++) {
    let rowStart = (params.sample * params.height + y) * params.width;
    #for column in 0..COLUMNS
    if (column + ${column}u < params.width) {
      let addend = noiseAt(params.sample, y, column + ${column}u);
      #for group in 0..GROUPS
      store(sums[place + ${column * GROUPS + group}u], addend, rowStart + column + ${column}u, channels${group}, groups);
      #end
    }
    #end
    place += ${COLUMNS * GROUPS}u;
  }
}
