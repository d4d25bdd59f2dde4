// sin(2 pi cycles) to 1e-7. WGSL promises no more than 2^-11 of its own sine, and some implementations give no more.

fn sineOfCycles(cycles: f32) -> f32 {
  let turn = cycles - round(cycles); // -0.5..0.5
  let x = 6.283185307179586 * (0.25 - abs(abs(turn) - 0.25)); // the same sine between 0 and pi / 2
  let y = x * x;
  let series = 1.0 - y / 6.0 * (1.0 - y / 20.0 * (1.0 - y / 42.0 * (1.0 - y / 72.0 * (1.0 - y / 110.0))));
  return sign(turn) * x * series;
}
