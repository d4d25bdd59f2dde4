// Weights of unit root mean square in every output channel (StyleGAN3, appendix D): y[o] = w[o] / sqrt(mean(w[o]^2)).
//
// Shapes    weight, normalized [outChannels, count] in the file's order, count = inChannels * taps.
// Layout    single floats.
// Dispatch  one workgroup of 64 threads per output channel, numbered by y * columns + x.
// Memory    64 partial sums (256 bytes).
// Cost      3 FLOPs and 12 bytes a weight: bound by memory.

#include "common/each-workgroup"
#include "common/sum-of-threads"
#param outChannels, count: u32
#read weight: array<f32>
#write normalized: array<f32>

fn piece(channel: u32, thread: u32) {
  if (channel >= params.outChannels) { return; }
  let first = channel * params.count;
  var squares = 0.0;
  for (var at = thread; at < params.count; at += 64u) { squares += weight[first + at] * weight[first + at]; }
  let scale = inverseSqrt(sumOfThreads(squares, thread) / f32(params.count));
  for (var at = thread; at < params.count; at += 64u) { normalized[first + at] = weight[first + at] * scale; }
  let end = params.outChannels * params.count; // the padding behind it becomes zero
  if (channel == 0u && end + thread < (end + 3u) / 4u * 4u) { normalized[end + thread] = 0.0; }
}
