// Gradient of a modulated convolution with respect to its styles. With P as in modulated-weight-gradient.wgsl,
// ds[n, i] = sum over taps and o of W[tap, i, o] d[n, o] P[n, tap, i, o]. (That is the sum over pixels of what modulation-free arithmetic would
// need the convolved picture for: here it need be neither kept nor computed again.)
//
// Shapes    ofSamples [N, taps, inPadded, outChannels]: P; weight [taps, inPadded, outChannels]; demodulation [N, outChannels]; output [N, inChannels].
// Layout    vec4f along the last axis; the weight f32 or f16.
// Dispatch  one workgroup of 64 threads per sample and four input channels, numbered by y * columns + x.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      3 FLOPs and 8 bytes a weight and sample: bound by memory. Always added in the same order.

#include "common/each-workgroup"
#include "common/vector-sum-of-threads"
#storage WeightVector
#param batch, taps, inputGroups: u32
#param groups: u32 // of output channels
#read ofSamples, demodulation: array<vec4f>
#read weight: array<WeightVector>
#write output: array<vec4f>

fn piece(index: u32, thread: u32) {
  if (index >= params.batch * params.inputGroups) { return; }
  let inGroup = index % params.inputGroups;
  let sample = index / params.inputGroups;
  let groups = params.groups;
  let vectors = params.taps * params.inputGroups * 4u * groups; // of the weights
  var sums = vec4f(0);
  for (var item = thread; item < params.taps * groups; item += 64u) {
    let group = item % groups;
    let first = (item / groups * params.inputGroups + inGroup) * 4u * groups + group;
    let factor = demodulation[sample * groups + group];
#for input in 0..4
    sums[${input}] += dot(
      fromWeightVector(weight[first + ${input}u * groups]) * factor, ofSamples[sample * vectors + first + ${input}u * groups]);
#end
  }
  let sum = vectorSumOfThreads(sums, thread);
  if (thread == 0u) { output[index] = sum; }
}
