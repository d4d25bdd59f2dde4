// Gradient of squared-error.wgsl with respect to y: 2 / count * (y - wanted), times the gradient with respect to the error.
//
// Shapes    y, wanted, output: any one shape, of `vectors` vectors with zeros as padding.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 12 bytes an element.

#include "common/each-element"
#param vectors, count: u32
#param gradient: f32 // with respect to the error
#read y, wanted: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  output[index] = params.gradient * 2.0 / f32(params.count) * (y[index] - wanted[index]);
}
