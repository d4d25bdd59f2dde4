// Gradient of a fully connected layer with respect to its weights: for z[n] = input[n] W and the gradient of a loss with respect to z, that with
// respect to W is the sum over samples of the outer product of input[n] and gradient[n].
//
// Shapes    input [N, R, inChannels], of which row `inputRow` of each sample was used; gradient [N, outChannels]; output [inPadded, outChannels].
// Layout    vec4f along the last axis. Rows of padded input channels and columns of padded output channels come out as zeros, as the input's and
//           the gradient's padding is zero.
// Dispatch  one thread per four rows of four outputs, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      2 N in out FLOPs; writes 4 in out bytes, and reads half a byte a FLOP, mostly from the cache.

#include "common/each-element"
#param batch, inputRows, inputRow, inputGroups: u32
#param channels: u32 // of the layer's output
#read input, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.inputGroups * groups) { return; }
  let group = index % groups;
  let inGroup = index / groups;
  var sums = mat4x4f();
  for (var sample = 0u; sample < params.batch; sample++) {
    let inputs = input[(sample * params.inputRows + params.inputRow) * params.inputGroups + inGroup];
    let gradients = gradient[sample * groups + group];
#for row in 0..4
    sums[${row}] += inputs[${row}] * gradients;
#end
  }
#for row in 0..4
  output[(inGroup * 4u + ${row}u) * groups + group] = sums[${row}];
#end
}
