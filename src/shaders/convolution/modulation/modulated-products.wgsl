// What the gradients of styles and demodulation have in common. With P as in modulated-weight-gradient.wgsl,
// Q[n, i, o] = sum over taps of W[tap, i, o] P[n, tap, i, o]: a weight's share in the loss, as if it were changed by a factor.
//
// Shapes    ofSamples [N, taps, inPadded, outChannels]: P; weight [taps, inPadded, outChannels]; output [N, inPadded, outChannels].
// Layout    vec4f along the last axis; the weight f32 or f16.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 8 bytes a weight and sample: bound by memory.

#include "common/each-element"
#storage WeightVector
#param vectors: u32 // of the output
#param taps: u32
#param pairs: u32 // vectors of the output of a sample
#read ofSamples: array<vec4f>
#read weight: array<WeightVector>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  var ofWeight = index % params.pairs;
  var at = index / params.pairs * params.taps * params.pairs + ofWeight;
  var sum = vec4f(0);
  for (var tap = 0u; tap < params.taps; tap++) {
    sum += fromWeightVector(weight[ofWeight]) * ofSamples[at];
    ofWeight += params.pairs;
    at += params.pairs;
  }
  output[index] = sum;
}
