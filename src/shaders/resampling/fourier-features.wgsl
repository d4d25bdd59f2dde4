// StyleGAN3's input (section 3.2, "Fourier features"): plane waves, sampled on the pixels of a picture with its margin, after a rotation and a
// translation that come from w and a transform that the user may set.
//   p = ((column, row) + 0.5 - size / 2) / samplingRate         the picture itself is [-0.5, 0.5]^2
//   q = R T U p;   feature = amplitude * sin(2 pi (frequency . q + phase))
// R rotates by the direction (r_c, r_s), T moves by -(t_x, t_y), both from `motion`, U is the transform. The amplitude falls from 1 at the
// bandwidth to 0 at half the sampling rate, by the length of the frequency as U has scaled it.
//
// Shapes    motion [N, 4]: r_c, r_s, t_x, t_y before normalisation by the length of (r_c, r_s); transform [3, 3];
//           waves [C, 3]: frequency x, frequency y, phase; output [N, size, size, C].
// Layout    one vec4f for each row of motion, transform and waves; output vec4f along C.
// Dispatch  one thread per pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      about 60 FLOPs an element.

#include "common/each-element"
#include "common/keep-channels"
#include "common/sine-of-cycles"
#param batch, size, channels: u32
#param samplingRate, bandwidth: f32
#read motion, transform, waves: array<vec4f>
#write output: array<vec4f>

fn feature(channel: u32, point: vec2f, rotation: vec2f, translation: vec2f) -> f32 {
  let wave = waves[min(channel, params.channels - 1u)];
  let turned = vec2f(dot(wave.xy, rotation), wave.y * rotation.x - wave.x * rotation.y);
  let linear = mat2x2f(transform[0].xy, transform[1].xy); // columns are rows of U: from the left this is the transposed product
  let frequency = linear * turned;
  let phase = wave.z + dot(turned, vec2f(transform[0].z, transform[1].z) - translation);
  let amplitude = 1.0 - (length(frequency) - params.bandwidth) / (0.5 * params.samplingRate - params.bandwidth);
  let cycles = dot(frequency, point) + phase;
  return clamp(amplitude, 0.0, 1.0) * sineOfCycles(cycles);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.batch * params.size * params.size * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.size;
  let row = index / (groups * params.size) % params.size;
  let sample = index / (groups * params.size * params.size);

  let scaled = motion[sample] / length(motion[sample].xy);
  let point = (vec2f(f32(column), f32(row)) + 0.5 - 0.5 * f32(params.size)) / params.samplingRate;
  let channel = group * 4u;
  let features = vec4f(
    feature(channel, point, scaled.xy, scaled.zw),
    feature(channel + 1u, point, scaled.xy, scaled.zw),
    feature(channel + 2u, point, scaled.xy, scaled.zw),
    feature(channel + 3u, point, scaled.xy, scaled.zw),
  );
  output[index] = keepChannels(features, group, params.channels);
}
