// Second pass over all gradients of an update: from the sums of all chunks their norm, and from that what the update is to do.
//
// Shapes    sums [rows, 2] of gradient-sums.wgsl;
//           verdict [4]: the factor on all gradients; 1 if the update is to be left out, else 0; the norm; how many numbers are not finite;
//           counts [4]: updates so far; those with numbers that are not finite; such numbers in all; updates left out.
// Dispatch  one workgroup of 64 threads.
// Memory    64 partial sums (256 bytes, common/sum-of-threads.wgsl).
// Cost      8 bytes a chunk of 4096 numbers.

#include "common/finite"
#include "common/sum-of-threads"
#param rows: u32
#param largestNorm: f32 // gradients of a larger norm are scaled down to it; 0 leaves them as they are
#param skips: u32 // 1: an update with numbers that are not finite is left out
#read sums: array<vec4f>
#write verdict: array<vec4f>
#accumulate counts: array<vec4f>

// That of torch.nn.utils.clip_grad_norm_.
const SMALL = 1e-6;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var squares = 0.0;
  var notFinite = 0.0;
  for (var row = thread; row < params.rows; row += 64u) {
    squares += sums[row].x;
    notFinite += sums[row].y;
  }
  let norm = sqrt(sumOfThreads(squares, thread));
  let allNotFinite = sumOfThreads(notFinite, thread);
  if (thread != 0u) { return; }
  // Squares of finite numbers can still add up to infinity.
  let isFound = allNotFinite > 0.0 || isNotFinite(vec4f(norm)).x;
  let isSkipped = isFound && params.skips == 1u;
  let factor = select(1.0, min(1.0, params.largestNorm / (norm + SMALL)), params.largestNorm > 0.0);
  verdict[0] = vec4f(factor, f32(isSkipped), norm, allNotFinite);
  counts[0] += vec4f(1, f32(isFound), allNotFinite, f32(isSkipped));
}
