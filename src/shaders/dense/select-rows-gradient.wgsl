// Gradient of select-rows.wgsl with respect to its input: each row of a sample adds up the gradients of the places where it was picked.
//
// Shapes    gradient [N * P, C]; picked [P], row numbers 0..R-1; output [N, R, C].
// Layout    vec4f along C; picked as f32, exact up to 2^24.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      P comparisons a vec4f: negligible.

#include "common/each-element"
#param batch, rows, pickedRows, groups: u32
#read gradient: array<vec4f>
#read picked: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.rows * params.groups) { return; }
  let group = index % params.groups;
  let row = index / params.groups % params.rows;
  let sample = index / (params.groups * params.rows);
  var sum = vec4f(0);
  for (var place = 0u; place < params.pickedRows; place++) {
    if (u32(picked[place]) == row) { sum += gradient[(sample * params.pickedRows + place) * params.groups + group]; }
  }
  output[index] = sum;
}
