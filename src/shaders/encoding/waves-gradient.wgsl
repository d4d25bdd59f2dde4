// The way back through waves.wgsl: sine and cosine are each other's slopes, so that no wave is computed again.
//
// Shapes    waves, gradient [N, 2 F], what the forward kernel has made and the gradient with respect to it; output [N, F]
// Dispatch  one thread per four numbers, 64 per workgroup (each-element)
// Cost      4 FLOPs and 20 bytes a number

#include "common/each-element"
#param rows: u32 // N
#param groups: u32 // F / 4
#read waves, gradient: array<vec4f>
#write output: array<vec4f>

const TAU = 6.283185307179586;

fn element(index: u32) {
  if (index >= params.rows * params.groups) { return; }
  let sine = index / params.groups * 2u * params.groups + index % params.groups;
  let cosine = sine + params.groups;
  output[index] = TAU * (waves[cosine] * gradient[sine] - waves[sine] * gradient[cosine]);
}
