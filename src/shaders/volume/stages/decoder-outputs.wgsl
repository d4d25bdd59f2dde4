// What the decoder's last layer gives, taken apart: the first number of a row is the density, the others become colours through a sigmoid that reaches
// a little beyond [0, 1], as in Mip-NeRF.
//
// Shapes    decoded [rows, 1 + C]; sigma [rows, 1]; colours [rows, C], C a multiple of four
// Dispatch  one thread per row, 64 per workgroup (each-element). Cost: C exponentials and 8 C + 8 bytes a row.

#include "common/each-element"
#param rows, groups: u32 // vec4f of a colour
#param stride: u32 // floats from row to row of `decoded`
#read decoded: array<f32>
#write sigma, colours: array<vec4f>

fn element(row: u32) {
  if (row >= params.rows) { return; }
  let first = row * params.stride;
  sigma[row] = vec4f(decoded[first], 0, 0, 0);
  for (var group = 0u; group < params.groups; group++) {
    let at = first + 1u + 4u * group;
    let logit = vec4f(decoded[at], decoded[at + 1u], decoded[at + 2u], decoded[at + 3u]);
    colours[row * params.groups + group] = 1.002 / (1.0 + exp(-logit)) - 0.001;
  }
}
