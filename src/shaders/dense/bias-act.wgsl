// Bias, activation, gain and clamp of one tensor (StyleGAN2's bias_act): y = clamp(activate(x + bias) * gain).
//
// Shapes    input, output [rows, C]; bias [C]. C is the last axis, padded to a multiple of four; padding stays zero.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 4 FLOPs and 8 bytes of traffic an element: bound by memory. Convolutions do this in their own epilogue.

#include "common/each-element"
#include "common/layer-epilogue"
#param rows: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let group = index % groups;
  output[index] = layerEpilogue(input[index], bias[group], group);
}
