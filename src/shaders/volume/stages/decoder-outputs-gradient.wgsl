// The way back through decoder-outputs.wgsl.
//
// Shapes    sigmaGradient [rows, 1]; colours, colourGradient [rows, C], C a multiple of four; output [rows, 1 + C], the gradient of what came in
// Dispatch  one thread per row, 64 per workgroup (each-element). Cost: 12 C + 8 bytes a row.

#include "common/each-element"
#include "common/volume/colour-slope"
#param rows, groups: u32 // vec4f of a colour
#read sigmaGradient, colours, colourGradient: array<vec4f>
#write output: array<vec4f>

fn element(row: u32) {
  if (row >= params.rows) { return; }
  let to = row * (params.groups + 1u);
  var before = sigmaGradient[row].x;
  for (var group = 0u; group < params.groups; group++) {
    let at = row * params.groups + group;
    let gradient = colourGradient[at] * colourSlope(colours[at]);
    output[to + group] = vec4f(before, gradient.xyz);
    before = gradient.w;
  }
  output[to + params.groups] = vec4f(before, 0, 0, 0);
}
