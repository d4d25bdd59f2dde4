// Second derivative of activation, gain and clamp, for losses that are made of gradients. activation-gradient.wgsl computes
// s = gradient * slope(reference); for the gradient of a loss with respect to s, `upstream`, this gives that with respect to the reference.
//
// Shapes    upstream, gradient, reference, output: any one shape, of `vectors` vectors. reference is y, or x for swish.
// Layout    vec4f along the last axis; where the gradient's padding is zero, so is the output's.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about 6 FLOPs and 16 bytes of traffic an element: bound by memory.

#include "common/activation-gradient"
#include "common/each-element"
#read upstream, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
#if ACTIVATION == 8 // swish
  let scale = params.gain;
#else
  let scale = 1.0; // the slope's gain, and 1 / gain between y and activate(x)
#end
  let curvature = scale * activationCurvature(knownOf(reference[index]));
  output[index] = select(vec4f(0), upstream[index] * gradient[index] * curvature, isInside(reference[index]));
}
