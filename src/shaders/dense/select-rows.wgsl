// Picks rows out of every sample of a batch:
//   output[n * P + p] = input[n * R + picked[p]].
// A convolutional student maps the w of each of its layers on its own, as if each were a sample.
//
// Shapes    input [N, R, C]; picked [P], row numbers 0..R-1; output [N * P, C].
// Layout    vec4f along C; picked as f32, exact up to 2^24.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      32 bytes a vec4f, no FLOPs: negligible.

#include "common/each-element"
#param batch, rows, pickedRows, groups: u32
#read input: array<vec4f>
#read picked: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.pickedRows * params.groups) { return; }
  let group = index % params.groups;
  let place = index / params.groups % params.pickedRows;
  let sample = index / (params.groups * params.pickedRows);
  let row = u32(picked[place]);
  output[index] = input[(sample * params.rows + row) * params.groups + group];
}
