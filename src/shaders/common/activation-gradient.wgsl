// What the two kernels of an activation's gradients have in common: y = clamp(activate(x) * gain) seen from its output y, or for swish from x.

#include "common/activation"
#include "common/activation-slope"
#param vectors: u32
#param alpha: f32 // slope of leaky ReLU
#param gain: f32
#param clamp: f32 // no gradient flows where y reaches it
#read reference: array<vec4f> // y, or x for swish

// activate(x), or x for swish: what the slope is told from.
fn knownOf(reference: vec4f) -> vec4f {
#if ACTIVATION == 8 // swish
  return reference;
#else
  return reference / params.gain;
#end
}

fn isInside(reference: vec4f) -> vec4<bool> {
#if ACTIVATION == 8 // swish
  let y = activate(reference, params.alpha) * params.gain;
#else
  let y = reference;
#end
  return abs(y) < vec4f(params.clamp);
}
