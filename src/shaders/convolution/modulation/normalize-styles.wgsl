// Scales styles to unit root mean square over all samples and channels of the batch (StyleGAN3, appendix D): y = x / sqrt(mean(x^2)).
//
// Shapes    input [N, C]; output [N, C].
// Layout    vec4f along C. The padding is zero, so it adds nothing to the sum and stays zero.
// Dispatch  one workgroup of 64 threads in all.
// Memory    64 partial sums (256 bytes).
// Cost      3 N C FLOPs and 12 N C bytes: negligible.

#include "common/sum-of-threads"
#param vectors: u32 // vec4f in all
#param count: u32 // N C
#read input: array<vec4f>
#write output: array<vec4f>

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var at = thread; at < params.vectors; at += 64u) { sum += dot(input[at], input[at]); }
  let scale = inverseSqrt(sumOfThreads(sum, thread) / f32(params.count));
  for (var at = thread; at < params.vectors; at += 64u) { output[at] = input[at] * scale; }
}
