// The gradient of normalize-weights.wgsl: with s = 1 / sqrt(mean(w^2)) of an output channel, dw = s (dy - s^2 w mean(w dy)). What would only
// make the weights longer is taken out of the gradient.
//
// Shapes    weight, normalizedGradient, weightGradient [outChannels, count] in the file's order, count = inChannels * taps.
// Layout    single floats.
// Dispatch  one workgroup of 64 threads per output channel, numbered by y * columns + x.
// Memory    64 partial sums (256 bytes).
// Cost      8 FLOPs and 20 bytes a weight: bound by memory.

#include "common/each-workgroup"
#include "common/sum-of-threads"
#param outChannels, count: u32
#read weight, normalizedGradient: array<f32>
#write weightGradient: array<f32>

fn piece(channel: u32, thread: u32) {
  if (channel >= params.outChannels) { return; }
  let first = channel * params.count;
  var squares = 0.0;
  var products = 0.0;
  for (var at = first + thread; at < first + params.count; at += 64u) {
    squares += weight[at] * weight[at];
    products += weight[at] * normalizedGradient[at];
  }
  let count = f32(params.count);
  let scale = inverseSqrt(sumOfThreads(squares, thread) / count);
  let lengthening = scale * scale * sumOfThreads(products, thread) / count;
  for (var at = first + thread; at < first + params.count; at += 64u) {
    weightGradient[at] = scale * (normalizedGradient[at] - weight[at] * lengthening);
  }
  let end = params.outChannels * params.count; // the padding behind it becomes zero
  if (channel == 0u && end + thread < (end + 3u) / 4u * 4u) { weightGradient[end + thread] = 0.0; }
}
