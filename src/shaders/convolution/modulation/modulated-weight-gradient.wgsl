// Gradient of a modulated convolution with respect to its weights, from those of every sample on its own. A sample has used the weights
// s[n, i] d[n, o] W[tap, i, o], so with the gradient P of these, dW[tap, i, o] = sum over n of s[n, i] d[n, o] P[n, tap, i, o].
//
// Shapes    ofSamples [N, taps, inPadded, outChannels]: P; styles [N, inChannels]; demodulation [N, outChannels]; output [taps, inPadded, outChannels].
// Layout    vec4f along the last axis; styles in single floats. Padding stays zero, as that of P is.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      3 N FLOPs and 4 (N + 1) bytes a weight: bound by memory.

#include "common/each-element"
#param batch, inPadded: u32
#param groups: u32 // of output channels
#param vectors: u32 // of the output
#read ofSamples, demodulation: array<vec4f>
#read styles: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let group = index % params.groups;
  let input = index / params.groups % params.inPadded;
  var sum = vec4f(0);
  for (var sample = 0u; sample < params.batch; sample++) {
    let factor = styles[sample * params.inPadded + input] * demodulation[sample * params.groups + group];
    sum += factor * ofSamples[sample * params.vectors + index];
  }
  output[index] = sum;
}
