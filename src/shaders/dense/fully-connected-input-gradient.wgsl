// Gradient of a fully connected layer with respect to its input: for z[n] = input[n] W and the gradient of a loss with respect to z, that with
// respect to the input is gradient[n] W^T.
//
// Shapes    gradient [N, outChannels]; weight [inPadded, outChannels]; output [N, R, inChannels]: the layer has used row `inputRow` of each sample,
//           and all others get zeros.
// Layout    vec4f along the last axis; the weight's rows are input channels, so that a thread walks along four rows of it.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      2 N in out FLOPs; reads the weights once a sample: 4 in out bytes. Bound by memory.

#include "common/each-element"
#include "common/keep-channels"
#param batch, inputRows, inputRow, inputChannels: u32
#param channels: u32 // of the layer's output
#read gradient, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let inputGroups = (params.inputChannels + 3u) / 4u;
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.batch * params.inputRows * inputGroups) { return; }
  let inGroup = index % inputGroups;
  let row = index / inputGroups;
  if (row % params.inputRows != params.inputRow) {
    output[index] = vec4f(0);
    return;
  }
  let sample = row / params.inputRows;
  let firstRow = inGroup * 4u * groups;
  var sum = vec4f(0);
  for (var group = 0u; group < groups; group++) {
    let at = firstRow + group;
    let fourRows = mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]);
    sum += gradient[sample * groups + group] * fourRows; // with the vector on the left: its product with each of the rows
  }
  output[index] = keepChannels(sum, inGroup, params.inputChannels);
}
