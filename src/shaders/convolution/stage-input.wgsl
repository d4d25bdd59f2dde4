// Makes ready the input of a convolution that reads pixels through a sampler: an array texture with four channels a layer, every pixel already
// times its style, with a border of zeros so that no pixel beyond the edge needs to be looked for. A software adapter takes
// more than twice as long for a vector from a buffer as for a texel from its sampler's routine.
//
// Shapes    input [N, H, W, C]; styles [N, C]; staged: C / 4 layers of W + 2 by `rows` texels. Texel (x, y) is pixel (x - 1, firstRow + y - 1)
//           of `sample`; rows beyond the picture are zero.
// Layout    vec4 along C.
// Dispatch  one thread per row of a layer, 64 per workgroup (each-element), layers next to each other.
// Memory    none in the workgroup.
// Cost      4 FLOPs and 32 bytes a texel.

#include "common/each-element"
#storage InputVector
#param sample, height, width, inputGroups, firstRow, rows: u32
#read input: array<InputVector>
#read styles: array<vec4f>
#texture staged: texture_storage_2d_array<rgba32float, write>

fn element(index: u32) {
  if (index >= params.rows * params.inputGroups) { return; }
  let group = index % params.inputGroups;
  let row = index / params.inputGroups;
  let y = params.firstRow + row - 1u; // wraps below zero to a large number
  let inside = y < params.height;
  let style = styles[params.sample * params.inputGroups + group];
  var at = (params.sample * params.height + min(y, params.height - 1u)) * params.width * params.inputGroups + group;
  textureStore(staged, vec2u(0u, row), group, vec4f(0));
  for (var x = 1u; x <= params.width; x++) {
    textureStore(staged, vec2u(x, row), group, select(vec4f(0), fromInputVector(input[at]) * style, inside));
    at += params.inputGroups;
  }
  textureStore(staged, vec2u(params.width + 1u, row), group, vec4f(0));
}
