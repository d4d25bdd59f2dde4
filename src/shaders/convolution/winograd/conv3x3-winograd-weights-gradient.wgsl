// The gradient of conv3x3-winograd-weights.wgsl, its transpose: G^T d G of every 4 x 4 gradient d.
//
// Shapes    transformedGradient [16, inPadded, outChannels]; weightGradient [outChannels, inChannels, 9] in the file's order.
// Layout    single floats.
// Dispatch  one thread per kernel of nine weights (eachElement).
// Memory    none in the workgroup.
// Cost      35 FLOPs and 100 bytes a kernel: bound by memory.

#include "common/each-element"
#param inChannels, outChannels: u32
#param stride: u32 // floats from row to row of transformedGradient
#read transformedGradient: array<f32>
#write weightGradient: array<f32>

// G^T times a column of four.
fn threeOf(a: f32, b: f32, c: f32, d: f32) -> vec3f {
  let outer = 0.5 * (b + c);
  return vec3f(a + outer, 0.5 * (b - c), outer + d);
}

fn element(index: u32) {
  let kernels = params.outChannels * params.inChannels;
  if (index >= kernels) { return; }
  let rows = (params.inChannels + 3u) / 4u * 4u;
  let place = index % params.inChannels * params.stride + index / params.inChannels;
  let position = rows * params.stride; // floats from one to the next
  var columns = array<vec3f, 4>();
  for (var column = 0u; column < 4u; column++) {
    let first = place + column * position;
    columns[column] = threeOf(
      transformedGradient[first], transformedGradient[first + 4u * position],
      transformedGradient[first + 8u * position], transformedGradient[first + 12u * position],
    );
  }
  for (var row = 0u; row < 3u; row++) {
    let three = threeOf(columns[0][row], columns[1][row], columns[2][row], columns[3][row]);
    for (var column = 0u; column < 3u; column++) { weightGradient[index * 9u + row * 3u + column] = three[column]; }
  }
  if (index + 1u < kernels) { return; }
  for (var padding = kernels * 9u; padding % 4u != 0u; padding++) { weightGradient[padding] = 0.0; }
}
