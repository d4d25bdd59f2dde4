// Gradient of normalize-styles.wgsl: with r = 1 / sqrt(mean(x^2)) over the whole batch, dx = r (dy - r^2 x mean(x dy)). What would only make the
// styles longer is taken out of the gradient.
//
// Shapes    input, gradient, output [N, C].
// Layout    vec4f along C. The padding is zero, so it adds nothing to the sums and stays zero.
// Dispatch  one workgroup of 64 threads in all.
// Memory    64 partial sums (256 bytes).
// Cost      8 N C FLOPs and 20 N C bytes: negligible.

#include "common/sum-of-threads"
#param vectors: u32 // vec4f in all
#param count: u32 // N C
#read input, gradient: array<vec4f>
#write output: array<vec4f>

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var squares = 0.0;
  var products = 0.0;
  for (var at = thread; at < params.vectors; at += 64u) {
    squares += dot(input[at], input[at]);
    products += dot(input[at], gradient[at]);
  }
  let count = f32(params.count);
  let scale = inverseSqrt(sumOfThreads(squares, thread) / count);
  let lengthening = scale * scale * sumOfThreads(products, thread) / count;
  for (var at = thread; at < params.vectors; at += 64u) { output[at] = scale * (gradient[at] - input[at] * lengthening); }
}
