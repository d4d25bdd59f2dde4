// Slopes of the quadrature (common/volume/quadrature.wgsl), and how a change of one interval's alpha acts on all that lies behind it.
//
// With g the gradient of an interval's weight, which is alpha times the light before it:
//   d/d alpha_i = light_i (g_i - behind_i),  behind_i = the same sum over the intervals behind i for light 1 just behind i
// so that, from far to near, behind_(i-1) = alpha_i g_i + (1 - alpha_i + 1e-10) behind_i. Nothing is divided: an opaque interval does no harm.

// d alpha / d of the mean density (before softplus) of an interval's ends. Each end has half of it.
fn alphaSlope(sigmaNear: f32, sigmaFar: f32, length: f32) -> f32 {
  let x = 0.5 * (sigmaNear + sigmaFar) - 1.0;
  let density = max(x, 0.0) + log(1.0 + exp(-abs(x)));
  return length * exp(-density * length) / (1.0 + exp(-x));
}

fn behindWith(alpha: f32, weightGradient: f32, behind: f32) -> f32 {
  return alpha * weightGradient + (1.0 - alpha + 1e-10) * behind;
}
