// Depth of one stratified sample (NeRF, Mildenhall et al. 2020, equation 2): `position` = index + jitter, jitter in [0, 1), counts
// steps of (end - start) / (samples - 1). The last sample may therefore lie up to a step beyond the end, as in the reference.
// With `disparity` the samples are spread in the same way over 1 / depth.

fn stratifiedDepth(start: f32, end: f32, position: f32, samples: u32, disparity: bool) -> f32 {
  let fraction = position / f32(max(samples, 2u) - 1u);
  if (disparity) { return 1.0 / ((1.0 / start) * (1.0 - fraction) + (1.0 / end) * fraction); }
  return start + (end - start) * fraction;
}
