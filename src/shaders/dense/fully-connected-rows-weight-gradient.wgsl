// Gradient of a fully connected layer of many rows with respect to its weights: fully-connected-weight-gradient.wgsl for thousands of rows, which are cut
// into parts, each summed by threads of its own. What the parts come to is added afterwards, in their order.
//
// A thread has four input channels and BLOCK vectors of outputs. With SHARES_LOADS the four threads of a quad, which want the same gradients, load those of
// one row each (fully-connected-rows.wgsl says why).
//
// Shapes    input [N, inChannels]; gradient [N, outChannels]; output [parts, inPadded, outChannels]; part p has rows p * rowsPerPart up to the next's
//           first. A multiple of four rows a part.
// Layout    vec4f along the last axis. Padding comes out as zeros, as the input's and the gradient's is zero.
// Dispatch  workgroups (common/each-workgroup) for each part from firstPart on: a quad for each four vectors of inputs and BLOCK of outputs.
// Memory    none in the workgroup; 4 BLOCK vectors of sums.
// Cost      2 in out FLOPs a row; of 16 BLOCK multiply-adds 1 + BLOCK vectors are loaded, with SHARES_LOADS 1 + BLOCK / 4.

#const SHARES_LOADS: bool
#if SHARES_LOADS
enable subgroups;
#end
#include "common/each-workgroup"
#const BLOCK in 1..5
#param firstPart, parts, rows, rowsPerPart, inputGroups, groups: u32
#read input, gradient: array<vec4f>
#write output: array<vec4f>

fn piece(index: u32, thread: u32) {
  let inQuads = (params.inputGroups + 3u) / 4u;
  let blocks = (params.groups + BLOCK - 1u) / BLOCK;
  let workgroupsOfPart = (inQuads * blocks * 4u + WORKGROUP_THREADS - 1u) / WORKGROUP_THREADS;
  let part = params.firstPart + index / workgroupsOfPart;
  let lane = thread % 4u;
  let quad = (index % workgroupsOfPart * WORKGROUP_THREADS + thread) / 4u;
  let inGroup = quad % inQuads * 4u + lane;
  let outGroup = quad / inQuads * BLOCK;
  let end = min((part + 1u) * params.rowsPerPart, params.rows);
#for i in 0..4
#for g in 0..BLOCK
  var sum${i}x${g} = vec4f(0);
#end
#end
#if SHARES_LOADS
  for (var row = part * params.rowsPerPart; row < end; row += 4u) {
#for g in 0..BLOCK
    let mine${g} = select(vec4f(0), gradient[(row + lane) * params.groups + outGroup + ${g}u], row + lane < end);
#end
#for r in 0..4
    {
      let known = input[(row + ${r}u) * params.inputGroups + inGroup];
#for g in 0..BLOCK
      {
        let given = quadBroadcast(mine${g}, ${r}u);
#for i in 0..4
        sum${i}x${g} += known[${i}] * given;
#end
      }
#end
    }
#end
  }
#else
  for (var row = part * params.rowsPerPart; row < end; row++) {
    let known = input[row * params.inputGroups + inGroup];
#for g in 0..BLOCK
    {
      let given = gradient[row * params.groups + outGroup + ${g}u];
#for i in 0..4
      sum${i}x${g} += known[${i}] * given;
#end
    }
#end
  }
#end
  if (part >= params.parts || inGroup >= params.inputGroups) { return; }
#for g in 0..BLOCK
  if (outGroup + ${g}u < params.groups) { // a block may reach beyond the last output
#for i in 0..4
    output[((part * params.inputGroups + inGroup) * 4u + ${i}u) * params.groups + outGroup + ${g}u] = sum${i}x${g};
#end
  }
#end
}
