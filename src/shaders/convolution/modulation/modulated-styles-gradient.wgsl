// Gradient of a modulated convolution with respect to its styles. With Q from modulated-products.wgsl, ds[n, i] = sum over o of d[n, o] Q[n, i, o].
// (That is the sum over pixels of what modulation-free arithmetic would need the convolved picture for: here it need be neither kept nor computed again.)
//
// Shapes    products [N, inPadded, outChannels]: Q; demodulation [N, outChannels]; output [N, inChannels].
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 4 bytes a product: bound by memory. Always added in the same order.

#include "common/each-element"
#param vectors: u32 // of the output
#param inputGroups: u32
#param groups: u32 // of output channels
#read products, demodulation: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let groups = params.groups;
  let firstFactor = index / params.inputGroups * groups;
  var sum = vec4f(0);
  for (var group = 0u; group < groups; group++) {
    let factor = demodulation[firstFactor + group];
    let at = index * 4u * groups + group;
    sum += vec4f(
      dot(factor, products[at]), dot(factor, products[at + groups]),
      dot(factor, products[at + 2u * groups]), dot(factor, products[at + 3u * groups]));
  }
  output[index] = sum;
}
