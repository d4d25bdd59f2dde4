// Volume rendering by quadrature over the intervals between neighbouring samples (Max 1995; EG3D section 4.2): an interval takes the mean
// of its ends' density, colour and depth.

// Fraction of the light that an interval absorbs. The offset of -1 before softplus is EG3D's initial density.
fn intervalAlpha(sigmaNear: f32, sigmaFar: f32, length: f32) -> f32 {
  let x = 0.5 * (sigmaNear + sigmaFar) - 1.0;
  let density = max(x, 0.0) + log(1.0 + exp(-abs(x)));
  return 1.0 - exp(-density * length);
}

// Light left behind an interval. The tiny term keeps an opaque interval from ending all gradients.
fn transmit(transmittance: f32, alpha: f32) -> f32 {
  return transmittance * (1.0 - alpha + 1e-10);
}
