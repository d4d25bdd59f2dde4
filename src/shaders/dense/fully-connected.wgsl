// Fully connected layer: output[n] = clamp(activate(input[n] * W + bias) * gain), W already scaled by the layer's run-time gain.
//
// Shapes    input [N, R, inChannels], of which row `inputRow` of each sample is used; weight [inPadded, outChannels]; bias and output
//           [N, outChannels].
// Layout    vec4f along the last axis; the weight's rows are input channels, so that a vec4f holds four outputs.
// Dispatch  one thread per sample and four outputs, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 N in out FLOPs; reads the weights once a sample: 4 in out bytes. Bound by memory.

#include "common/each-element"
#include "common/layer-epilogue"
#param batch, inputRows, inputRow, inputGroups: u32
#read input, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.batch * groups) { return; }
  let group = index % groups;
  let sample = index / groups;
  let row = (sample * params.inputRows + params.inputRow) * params.inputGroups;
  var sum = vec4f(0);
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let at = inGroup * 4u * groups + group;
    let fourInputs = mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]);
    sum += fourInputs * input[row + inGroup];
  }
  output[index] = layerEpilogue(sum, bias[group], group);
}
