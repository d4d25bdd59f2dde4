// Linear blend of two tensors: output = first + amount (second - first).
//
// Shapes    first, second, output: the same.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      3 FLOPs and 12 bytes an element: bound by memory.

#include "common/each-element"
#param count: u32 // vectors
#param amount: f32
#read first, second: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.count) { return; }
  output[index] = first[index] + params.amount * (second[index] - first[index]);
}
