// Gradient of a modulated convolution with respect to its demodulation coefficients. With Q from modulated-products.wgsl,
// dd[n, o] = sum over i of s[n, i] Q[n, i, o]; over d[n, o], IS_SCALED, if P was taken of the gradient times d.
//
// Shapes    products [N, inPadded, outChannels]: Q; styles [N, inChannels]; demodulation, output [N, outChannels].
// Layout    vec4f along the last axis; styles in single floats.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 4 bytes a product: bound by memory. Always added in the same order.

#const IS_SCALED: bool
#include "common/each-element"
#param vectors: u32 // of the output
#param inPadded: u32
#param groups: u32 // of output channels
#read products: array<vec4f>
#if IS_SCALED
#read demodulation: array<vec4f>
#end
#read styles: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let firstRow = index / params.groups * params.inPadded;
  let group = index % params.groups;
  var sum = vec4f(0);
  for (var row = firstRow; row < firstRow + params.inPadded; row++) {
    sum += styles[row] * products[row * params.groups + group];
  }
#if IS_SCALED
  sum /= select(vec4f(1), demodulation[index], demodulation[index] != vec4f(0)); // zero is padding
#end
  output[index] = sum;
}
