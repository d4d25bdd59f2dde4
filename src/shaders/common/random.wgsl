// Random numbers from a seed and a counter: the PCG hash (Jarzynski and Olano 2020, "Hash functions for GPU rendering").

fn pcgHash(input: u32) -> u32 {
  let state = input * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// Uniform in [0, 1), 24 bits.
fn randomUnit(seed: u32, counter: u32) -> f32 {
  return f32(pcgHash(counter ^ pcgHash(seed)) >> 8u) / 16777216.0;
}
