// As window-columns.wgsl for any other axis: output[outer, place, inner] = input[outer, place + start, inner], zero outside the input.
//
// Shapes    input [outer, inputPlaces, inner]; output [outer, places, inner]; each stands for any number of axes, inner for the last at least.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      8 bytes an element: bound by memory.

#include "common/each-element"
#param outer, places: u32 // of the output
#param inputPlaces: u32
#param groups: u32 // vectors of one place
#param start: i32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.outer * params.places * params.groups) { return; }
  let at = i32(index / params.groups % params.places) + params.start;
  var value = vec4f(0);
  if (at >= 0 && at < i32(params.inputPlaces)) {
    let sample = index / (params.groups * params.places);
    value = input[(sample * params.inputPlaces + u32(at)) * params.groups + index % params.groups];
  }
  output[index] = value;
}
