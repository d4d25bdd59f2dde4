// Gradient of broadcast-truncate.wgsl with respect to w: the sum of the layers' gradients, times psi where truncation acts.
//
// Shapes    gradient [N, L, C]; truncation [2] = (psi, cutoff in layers); output [N, C].
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 4 bytes an element of the gradient: negligible.

#include "common/each-element"
#param batch, layers, groups: u32
#read gradient, truncation: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.groups) { return; }
  let group = index % params.groups;
  let sample = index / params.groups;
  let psi = truncation[0].x;
  let cutoff = truncation[0].y;
  var sum = vec4f(0);
  for (var layer = 0u; layer < params.layers; layer++) {
    let factor = select(1.0, psi, f32(layer) < cutoff);
    sum += factor * gradient[(sample * params.layers + layer) * params.groups + group];
  }
  output[index] = sum;
}
