// Gradient of a modulated convolution with respect to its demodulation coefficients. With P as in modulated-weight-gradient.wgsl,
// dd[n, o] = sum over taps and i of W[tap, i, o] s[n, i] P[n, tap, i, o].
//
// Shapes    ofSamples [N, taps, inPadded, outChannels]: P; weight [taps, inPadded, outChannels]; styles [N, inChannels]; output [N, outChannels].
// Layout    vec4f along the last axis; the weight f32 or f16; styles in single floats.
// Dispatch  one workgroup of 64 threads per sample and four output channels, numbered by y * columns + x.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      3 FLOPs and 8 bytes a weight and sample: bound by memory. Always added in the same order.

#include "common/each-workgroup"
#include "common/vector-sum-of-threads"
#storage WeightVector
#param batch, taps, inPadded: u32
#param groups: u32 // of output channels
#read ofSamples: array<vec4f>
#read weight: array<WeightVector>
#read styles: array<f32>
#write output: array<vec4f>

fn piece(index: u32, thread: u32) {
  let groups = params.groups;
  if (index >= params.batch * groups) { return; }
  let group = index % groups;
  let sample = index / groups;
  let rows = params.taps * params.inPadded;
  var partial = vec4f(0);
  for (var row = thread; row < rows; row += 64u) {
    let style = styles[sample * params.inPadded + row % params.inPadded];
    partial += fromWeightVector(weight[row * groups + group]) * ofSamples[(sample * rows + row) * groups + group] * style;
  }
  let sum = vectorSumOfThreads(partial, thread);
  if (thread == 0u) { output[index] = sum; }
}
