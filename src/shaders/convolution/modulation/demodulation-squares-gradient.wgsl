// Gradient of demodulation.wgsl with respect to the squared weights (the other one is demodulation-styles-gradient.wgsl):
// dQ[i, o] = -1/2 sum over n of s[n, i]^2 d[n, o]^3 dd[n, o].
//
// Shapes    styles [N, inChannels]; demodulation, gradient [N, outChannels]: d and dd; output [inPadded, outChannels].
// Layout    vec4f along the last axis; styles in single floats. Padding stays zero, as that of styles and gradient is.
// Dispatch  one thread per input channel and four output channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      6 N FLOPs and 4 bytes a number of the output: bound by memory.

#include "common/each-element"
#param batch, inPadded: u32
#param groups: u32 // of output channels
#read styles: array<f32>
#read demodulation, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.inPadded * groups) { return; }
  let input = index / groups;
  let group = index % groups;
  var sum = vec4f(0);
  for (var sample = 0u; sample < params.batch; sample++) {
    let style = styles[sample * params.inPadded + input];
    let d = demodulation[sample * groups + group];
    sum += style * style * d * d * d * gradient[sample * groups + group];
  }
  output[index] = -0.5 * sum;
}
