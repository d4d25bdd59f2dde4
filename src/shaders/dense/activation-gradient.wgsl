// Gradient of activation, gain and clamp: for y = clamp(activate(x) * gain) and the gradient of a loss with respect to y it gives that with
// respect to x, gradient * gain * activate'(x) where y is inside the clamp and 0 elsewhere.
//
// Shapes    gradient, reference, output: any one shape, of `vectors` vectors. reference is y, or x for swish (common/activation-slope.wgsl).
// Layout    vec4f along the last axis; where the gradient's padding is zero, so is the output's.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about 6 FLOPs and 12 bytes of traffic an element: bound by memory.

#include "common/activation-gradient"
#include "common/each-element"
#read gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let slope = params.gain * activationSlope(knownOf(reference[index]), params.alpha);
  output[index] = select(vec4f(0), gradient[index] * slope, isInside(reference[index]));
}
