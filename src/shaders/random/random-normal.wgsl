// Standard normal numbers from a seed: a counter hashed by PCG (Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020, `pcg4d`),
// turned into normal numbers by Box and Muller's transform. The same seed and stream give the same numbers on every run of a device.
//
// Shapes    seed [1], an integer from 0 to 2^24 held as a float, so that a new draw needs no new plan; output [rows, C].
// Layout    vec4f along C; padding stays zero.
// Dispatch  one thread per vec4f, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 40 integer and 20 float operations a vec4f.

#include "common/each-element"
#param rows, channels: u32
#param stream: u32 // tells apart tensors drawn from one seed
#read seed: array<f32>
#write output: array<vec4f>

fn pcg4d(key: vec4u) -> vec4u {
  var v = key * 1664525u + 1013904223u;
  for (var round = 0u; round < 2u; round++) {
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    if (round == 0u) { v ^= v >> vec4u(16u); }
  }
  return v;
}

// Uniform in (0, 1], so that its logarithm is finite.
fn toUnit(bits: vec2u) -> vec2f {
  return (vec2f(bits >> vec2u(8u)) + 1.0) / 16777216.0;
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let bits = pcg4d(vec4u(index, params.stream, u32(seed[0]), 0x9e3779b9u));
  let radius = sqrt(-2.0 * log(toUnit(bits.xy)));
  let angle = 6.283185307179586 * toUnit(bits.zw);
  let normal = vec4f(radius * cos(angle), radius * sin(angle));
  let channel = vec4u(index % groups * 4u) + vec4u(0, 1, 2, 3);
  output[index] = select(vec4f(0), normal, channel < vec4u(params.channels));
}
