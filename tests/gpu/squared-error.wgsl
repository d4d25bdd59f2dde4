// Mean of the squared differences of two tensors.
//
// Shapes    y, wanted: any one shape, of `vectors` vectors with zeros as padding, and `count` numbers without it; loss [1].
// Layout    vec4f along the last axis.
// Dispatch  one workgroup of 64 threads.
// Memory    64 partial sums (256 bytes, common/sum-of-threads.wgsl).
// Cost      3 FLOPs and 8 bytes an element; for small tensors, as one workgroup does it all.

#include "common/sum-of-threads"
#param vectors, count: u32
#read y, wanted: array<vec4f>
#write loss: array<vec4f>

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var index = thread; index < params.vectors; index += 64u) {
    let difference = y[index] - wanted[index];
    sum += dot(difference, difference);
  }
  let total = sumOfThreads(sum, thread);
  if (thread == 0u) { loss[0] = vec4f(total / f32(params.count), 0, 0, 0); }
}
