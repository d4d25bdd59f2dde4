// Gradient of a modulated convolution with respect to its weights, from those of every sample on its own. A sample has used the weights
// s[n, i] d[n, o] W[tap, i, o], so with the gradient P of these, dW[tap, i, o] = sum over n of s[n, i] d[n, o] P[n, tap, i, o].
//
// Shapes    ofSamples [N, taps, inPadded, outChannels]: P; styles [N, inChannels]; demodulation [N, outChannels]; output [taps, inPadded, outChannels].
// Layout    vec4f along the last axis; styles in single floats. Padding stays zero, as that of P is.
// Dispatch  one thread per input channel and four output channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      3 N FLOPs and 4 (N + 1) bytes a weight: bound by memory.

#include "common/each-element"
#param batch, taps, inPadded: u32
#param groups: u32 // of output channels
#read ofSamples, demodulation: array<vec4f>
#read styles: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  let step = params.inPadded * params.groups; // from tap to tap
  if (index >= step) { return; }
  let group = index % params.groups;
  let input = index / params.groups;
  let first = styles[input] * demodulation[group]; // of the first sample, and often the only one
  for (var tap = 0u; tap < params.taps; tap++) {
    let at = tap * step + index;
    var sum = first * ofSamples[at];
    for (var sample = 1u; sample < params.batch; sample++) {
      let factor = styles[sample * params.inPadded + input] * demodulation[sample * params.groups + group];
      sum += factor * ofSamples[sample * params.taps * step + at];
    }
    output[at] = sum;
  }
}
