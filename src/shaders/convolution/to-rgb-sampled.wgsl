// The picture of a StyleGAN2 block for many output channels, on software adapters: what to-rgb.wgsl computes, with weights
// read as texels and a large tile (conv3x3-sampled.wgsl says why).
//
// Shapes    as to-rgb.wgsl, but weight: one layer, row `block * inputGroups + inGroup` has for each group and output channel the weights of the
//           four input channels.
// Layout    vec4 along channels.
// Dispatch  one thread per 4 x 4 pixels and 4 GROUPS output channels, 16 per workgroup: blocks next to each other.
// Memory    none in the workgroup; 16 * GROUPS vectors of sums.
// Cost      2 in out FLOPs a pixel; 16 vectors and 4 GROUPS texels for 512 GROUPS FLOPs, 17 vectors for 16 of a doubled skip.

#const WORKGROUP_THREADS = 16
#const KERNEL_SIDE = 1
#const GROUPS
#include "common/convolution/inside-bits"
#include "common/convolution/sampled-weights"
#include "common/convolution/skip-picture"
#include "common/each-element"
#include "common/keep-channels"
#storage InputVector
#param batch: u32
#param channels: u32 // of the output
#param clamp: f32
#read input: array<InputVector>
#read styles, bias: array<vec4f>
#write output: array<vec4f>

// Four pixels of a row.
alias Row = array<vec4f, 4>;

// A row at half size, doubled horizontally by [1, 3, 3, 1] / 4. `x` is that of the tile at half size.
fn doubledRow(sample: u32, y: u32, x: u32, group: u32) -> Row {
  let t0 = skipTexel(sample, y, x - 1u, group);
  let t1 = skipTexel(sample, y, x, group);
  let t2 = skipTexel(sample, y, x + 1u, group);
  let t3 = skipTexel(sample, y, x + 2u, group);
  return Row((t0 + 3.0 * t1) * 0.25, (3.0 * t1 + t2) * 0.25, (t1 + 3.0 * t2) * 0.25, (3.0 * t2 + t3) * 0.25);
}

fn plainRow(sample: u32, row: u32, column: u32, group: u32) -> Row {
  let start = (sample * params.height + row) * params.width;
  let last = params.width - 1u;
  return Row(
    #for column in 0..4
    fromSkipVector(skip[(start + min(column + ${column}u, last)) * params.skipGroups + group]),
    #end
  );
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let blocks = (groups + ${GROUPS - 1}u) / ${GROUPS}u;
  let tileColumns = (params.width + 3u) / 4u;
  let tileRows = (params.height + 3u) / 4u;
  if (index >= params.batch * tileRows * tileColumns * blocks) { return; }
  let block = index % blocks;
  let column = index / blocks % tileColumns * 4u;
  let row = index / (blocks * tileColumns) % tileRows * 4u;
  let sample = index / (blocks * tileColumns * tileRows);

  let step = params.inputGroups;
  #for row in 0..4
  let start${row} = (sample * params.height + min(row + ${row}u, params.height - 1u)) * params.width;
    #for column in 0..4
  let at${4 * row + column} = (start${row} + min(column + ${column}u, params.width - 1u)) * step;
    #end
  #end
  #for place in 0..16 * GROUPS
  var sum${place} = vec4f(0);
  #end
  for (var inGroup = 0u; inGroup < step; inGroup++) {
    let style = styles[sample * step + inGroup];
    let weightY = weightRow(block, inGroup);
    #for group in 0..GROUPS
    let k${group} = mat4x4f(
      weightTexel(${4 * group}.5, weightY), weightTexel(${4 * group + 1}.5, weightY),
      weightTexel(${4 * group + 2}.5, weightY), weightTexel(${4 * group + 3}.5, weightY));
    #end
    #for pixel in 0..16
    let p${pixel} = fromInputVector(input[at${pixel} + inGroup]) * style;
      #for group in 0..GROUPS
    sum${16 * group + pixel} += p${pixel} * k${group};
      #end
    #end
  }

  // Only what a loop numbers needs an array. The rest is loops: laid out, it would take as long to compile as all that is above.
  var sums: array<vec4f, ${16 * GROUPS}>;
  #for place in 0..16 * GROUPS
  sums[${place}] = sum${place};
  #end
  var group = block * ${GROUPS}u;
  let limit = vec4f(params.clamp);
  let endRow = min(row + 4u, params.height);
  for (var start = 0u; start < ${16 * GROUPS}u; start += 16u) {
    if (group >= groups) { break; }
    let channelBias = bias[group];
    var doubled: array<Row, 4>; // from the row above the tile to the one below it, at half size
    if (SKIP == 2u) {
      for (var line = 0u; line < 4u; line++) { doubled[line] = doubledRow(sample, row / 2u + line - 1u, column / 2u, group); }
    }
    var place = start;
    for (var y = row; y < endRow; y++) {
      var added: Row;
      if (SKIP == 1u) { added = plainRow(sample, y, column, group); }
      if (SKIP == 2u) {
        // The nearer row at half size counts three times, the farther one once.
        let line = y - row;
        let nearRow = doubled[1u + line / 2u];
        let farRow = doubled[line / 2u + 2u * (line % 2u)];
        #for column in 0..4
        added[${column}] = (3.0 * nearRow[${column}] + farRow[${column}]) * 0.25;
        #end
      }
      let at = ((sample * params.height + y) * params.width + column) * groups + group;
      #for column in 0..4
      if (column + ${column}u < params.width) {
        output[at + ${column}u * groups] =
          keepChannels(clamp(sums[place + ${column}u] + channelBias, -limit, limit) + added[${column}], group, params.channels);
      }
      #end
#if KEEPS_INSIDE
      var bits = 0u;
      #for column in 0..4
      bits |= insideBits(sums[place + ${column}u] + channelBias, params.clamp, ${column}u);
      #end
      inside[((sample * params.height + y) * tileColumns + column / 4u) * groups + group] = bits;
#end
      place += 4u;
    }
    group++;
  }
}
