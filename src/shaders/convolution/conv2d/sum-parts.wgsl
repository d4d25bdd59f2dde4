// Sums over the parts that conv2d-weight-gradient.wgsl and its tiled variant have made, in the order of the parts: the same bits each time.
//
// Shapes    parts [sets * parts, vectors]; output [sets, vectors].
// Layout    vec4f.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      an addition and 4 bytes a number: bound by memory.

#include "common/each-element"
#param vectors, sets, partsPerSet: u32
#read parts: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.sets * params.vectors) { return; }
  let first = index / params.vectors * params.partsPerSet * params.vectors + index % params.vectors;
  var sum = vec4f(0);
  for (var part = 0u; part < params.partsPerSet; part++) { sum += parts[first + part * params.vectors]; }
  output[index] = sum;
}
