// Importance sampling along a ray by inverting the cumulative distribution of the coarse weights (NeRF section 5.2), with Mip-NeRF's
// smoothing (Barron et al. 2021, equation 18). The bins are the mid-points between coarse samples.

const WEIGHT_PADDING = 0.01; // a little probability everywhere
const PDF_PADDING = 1e-5;

// Maximum over pairs, then mean over pairs: a weight spreads to its neighbours. Outside the ray `before` and `after` are 0 or less.
fn smoothedWeight(before: f32, here: f32, after: f32) -> f32 {
  return 0.5 * (max(before, here) + max(here, after)) + WEIGHT_PADDING;
}

// The point of the bin [binBelow, binAbove] at which the distribution, linear inside it, reaches u.
fn invertWithinBin(u: f32, cdfBelow: f32, cdfAbove: f32, binBelow: f32, binAbove: f32) -> f32 {
  let step = cdfAbove - cdfBelow;
  let fraction = (u - cdfBelow) / select(step, 1.0, step < 1e-5);
  return binBelow + fraction * (binAbove - binBelow);
}
