// Winograd's F(2x2, 3x3): the kernels g of 3 x 3 taps become G g G^T of 4 x 4 positions.
//         G = [ 1    0    0 ]
//             [ 1/2  1/2  1/2]
//             [ 1/2 -1/2  1/2]
//             [ 0    0    1 ]
//
// Shapes    weight [outChannels, inChannels, 9] in the file's order; transformed [16, inPadded, outChannels].
// Layout    weight in single floats; transformed vec4f along outChannels.
// Dispatch  one thread per input channel and four output channels (eachElement).
// Memory    none in the workgroup.
// Cost      35 FLOPs and 100 bytes a kernel: bound by memory.

#include "common/each-element"
#param inChannels, outChannels: u32
#read weight: array<f32>
#write transformed: array<vec4f>

// G times a column of three.
fn fourOf(a: vec4f, b: vec4f, c: vec4f) -> array<vec4f, 4> {
  let outer = a + c;
  return array<vec4f, 4>(a, 0.5 * (outer + b), 0.5 * (outer - b), c);
}

fn element(index: u32) {
  let groups = (params.outChannels + 3u) / 4u;
  let rows = (params.inChannels + 3u) / 4u * 4u;
  let input = index / groups;
  if (input >= rows) { return; }
  var taps = array<vec4f, 9>(); // each of four output channels
  for (var lane = 0u; lane < 4u; lane++) {
    let output = index % groups * 4u + lane;
    if (input >= params.inChannels || output >= params.outChannels) { continue; }
    let first = (output * params.inChannels + input) * 9u;
    for (var tap = 0u; tap < 9u; tap++) { taps[tap][lane] = weight[first + tap]; }
  }
  let left = fourOf(taps[0], taps[3], taps[6]);
  let middle = fourOf(taps[1], taps[4], taps[7]);
  let right = fourOf(taps[2], taps[5], taps[8]);
  for (var row = 0u; row < 4u; row++) {
    let four = fourOf(left[row], middle[row], right[row]);
    for (var column = 0u; column < 4u; column++) {
      transformed[(row * 4u + column) * rows * groups + index] = four[column];
    }
  }
}
