// Gradient of demodulation.wgsl with respect to the styles: d = (sum_i s_i^2 Q[i, o] + 1e-8)^(-1/2) changes with what stands in the parentheses by
// -d^3 / 2, so ds[n, i] = -s[n, i] sum over o of Q[i, o] d[n, o]^3 dd[n, o].
//
// Shapes    styles [N, inChannels]; squaredWeight [inPadded, outChannels]; demodulation, gradient [N, outChannels]: d and dd; output [N, inChannels].
// Layout    vec4f along the last axis.
// Dispatch  one thread per sample and four input channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      6 in out FLOPs and 4 in out bytes a sample: bound by memory.

#include "common/each-element"
#param batch, inputGroups: u32
#param groups: u32 // of output channels
#read styles, squaredWeight, demodulation, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.inputGroups) { return; }
  let inGroup = index % params.inputGroups;
  let sample = index / params.inputGroups;
  let groups = params.groups;
  var sum = vec4f(0);
  for (var group = 0u; group < groups; group++) {
    let d = demodulation[sample * groups + group];
    let slope = d * d * d * gradient[sample * groups + group];
    let at = inGroup * 4u * groups + group;
    sum += slope
      * mat4x4f(squaredWeight[at], squaredWeight[at + groups], squaredWeight[at + 2u * groups], squaredWeight[at + 3u * groups]);
  }
  output[index] = -styles[index] * sum;
}
