// Copies w to every layer and applies the truncation trick (StyleGAN2; EG3D uses it unchanged):
//   ws[n, layer] = wAverage + psi (w[n] - wAverage) for layer < cutoff, else w[n].
// psi and cutoff come from a tensor, so that a slider changes them without a new plan.
//
// Shapes    w [N, C]; wAverage [C]; truncation [2] = (psi, cutoff in layers); output [N, L, C].
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      3 FLOPs and 12 bytes an element of the output: negligible.

#include "common/each-element"
#param batch, layers, groups: u32
#read w, wAverage, truncation: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.layers * params.groups) { return; }
  let group = index % params.groups;
  let layer = index / params.groups % params.layers;
  let sample = index / (params.groups * params.layers);
  let psi = truncation[0].x;
  let cutoff = truncation[0].y;
  let full = w[sample * params.groups + group];
  let truncated = wAverage[group] + psi * (full - wAverage[group]);
  // psi = 1 returns w itself, free of the rounding of a sum and a difference.
  output[index] = select(full, truncated, f32(layer) < cutoff && psi != 1.0);
}
