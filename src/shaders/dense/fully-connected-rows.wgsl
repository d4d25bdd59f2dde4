// Fully connected layer of many rows: what fully-connected.wgsl computes, for networks that are asked at thousands of points. A thread has four rows and
// BLOCK vectors of outputs, so that whatever it loads serves several sums.
//
// With SHARES_LOADS the four threads of a quad, which want the same weights, load a row of them each and tell it the others: a software adapter pays for
// each load, and little for passing values on.
//
// Shapes    input [N, inChannels]; weight [inPadded, outChannels]; bias [outChannels]; output [N, outChannels], of which rows firstRow to endRow are made.
// Layout    vec4f along the last axis; the weight's rows are input channels.
// Dispatch  a workgroup (common/each-workgroup) for 256 rows and BLOCK vectors of outputs; blocks first, so that rows stay in the cache for all.
// Memory    none in the workgroup; 4 BLOCK vectors of sums.
// Cost      2 in out FLOPs a row; for 64 BLOCK multiply-adds 4 + 4 BLOCK vectors are loaded, with SHARES_LOADS 4 + BLOCK. With BLOCK 4 that is 15 GFLOP/s
//           a core in lavapipe and 2.8 in SwiftShader, where a thread for each vector of outputs makes 3.5 and 0.7.

#const SHARES_LOADS: bool
#if SHARES_LOADS
enable subgroups;
#end
#include "common/each-workgroup"
#include "common/layer-epilogue"
#const BLOCK in 1..5
#const THREAD_ROWS in 4..5 = 4
#param firstRow, endRow, inputGroups: u32
#read input, weight: array<vec4f>
#write output: array<vec4f>

fn piece(index: u32, thread: u32) {
  let groups = (params.channels + 3u) / 4u;
  let blocks = (groups + BLOCK - 1u) / BLOCK;
  let firstGroup = index % blocks * BLOCK;
#for r in 0..THREAD_ROWS
  let row${r} = params.firstRow + (index / blocks * THREAD_ROWS + ${r}u) * WORKGROUP_THREADS + thread;
#for g in 0..BLOCK
  var sum${r}x${g} = vec4f(0);
#end
#end
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
#for r in 0..THREAD_ROWS
    let known${r} = input[row${r} * params.inputGroups + inGroup];
#end
    let at = inGroup * 4u * groups + firstGroup;
#for g in 0..BLOCK
    {
#if SHARES_LOADS
      let mine = weight[at + thread % 4u * groups + ${g}u];
#end
#for part in 0..4
      {
#if SHARES_LOADS
        let weights = quadBroadcast(mine, ${part}u);
#else
        let weights = weight[at + ${part}u * groups + ${g}u];
#end
#for r in 0..THREAD_ROWS
        sum${r}x${g} += weights * known${r}[${part}];
#end
      }
#end
    }
#end
  }
#for r in 0..THREAD_ROWS
  if (row${r} < params.endRow) {
#for g in 0..BLOCK
    if (firstGroup + ${g}u < groups) { // a block may reach beyond the last output
      output[row${r} * groups + firstGroup + ${g}u] = layerEpilogue(sum${r}x${g}, bias[firstGroup + ${g}u], firstGroup + ${g}u);
    }
#end
  }
#end
}
