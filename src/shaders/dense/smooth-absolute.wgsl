// Magnitudes, number by number, with the kink at 0 rounded off: |x| < beta ? x^2 / (2 beta) : |x| - beta / 2. For beta = 0 it is |x| itself.
//
// Shapes    input, output: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about 5 FLOPs and 8 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#param beta: f32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let size = abs(input[index]);
  let rounded = 0.5 * size * size / max(params.beta, 1e-30);
  output[index] = select(size - 0.5 * params.beta, rounded, size < vec4f(params.beta));
}
