// Gradient of fourier-features.wgsl with respect to the motion, row by row of the picture; a sum over the rows (reduction/sum-rows.wgsl) makes it
// whole. With v = (U p + its translation) - t a wave is
//   turned = R^T frequency;   feature = amplitude(|U^T turned|) * sin(2 pi (turned . v + phase))
// so that it changes with t through the phase alone and with R through phase and amplitude; the amplitude is constant where it is 0 or 1.
//
// Shapes    motion [N, 4], transform [3, 3], waves [C, 3] as there; gradient [N, size, size, C]; output [size, N, 4], of row y in place y.
// Layout    one vec4f for each row of motion, transform, waves and output; gradient vec4f along C.
// Dispatch  one workgroup of 64 threads per row and sample; workgroups fill a grid of x * y.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      about 90 FLOPs and 4 bytes an element of the gradient. The order of additions depends on the shape only: the same bits each time.

#include "common/each-workgroup"
#include "common/sine-of-cycles"
#param batch, size, channels: u32
#param samplingRate, bandwidth: f32
#read motion, transform, waves, gradient: array<vec4f>
#write output: array<vec4f>

const THREADS = 64u;
const TAU = 6.283185307179586;

var<workgroup> partialSums: array<vec4f, THREADS>;

// How a feature changes with the motion after its normalisation.
fn slope(channel: u32, point: vec2f, scaled: vec4f) -> vec4f {
  let wave = waves[channel];
  let turned = vec2f(dot(wave.xy, scaled.xy), wave.y * scaled.x - wave.x * scaled.y);
  let linear = mat2x2f(transform[0].xy, transform[1].xy);
  let frequency = linear * turned;
  let moved = point * linear + vec2f(transform[0].z, transform[1].z) - scaled.zw;
  let cycles = dot(turned, moved) + wave.z;
  let falloff = 1.0 / (0.5 * params.samplingRate - params.bandwidth);
  let amplitude = 1.0 - (length(frequency) - params.bandwidth) * falloff;
  let ofCycles = clamp(amplitude, 0.0, 1.0) * TAU * sineOfCycles(cycles + 0.25);
  var ofTurned = ofCycles * moved;
  if (amplitude > 0.0 && amplitude < 1.0) {
    ofTurned -= sineOfCycles(cycles) * falloff * (normalize(frequency) * linear);
  }
  return vec4f(dot(ofTurned, wave.xy), ofTurned.x * wave.y - ofTurned.y * wave.x, -ofCycles * turned);
}

fn piece(index: u32, thread: u32) {
  if (index >= params.size * params.batch) { return; }
  let row = index / params.batch;
  let sample = index % params.batch;
  let groups = (params.channels + 3u) / 4u;
  let inverseLength = 1.0 / length(motion[sample].xy);
  let scaled = motion[sample] * inverseLength;

  var sum = vec4f(0);
  for (var item = thread; item < params.size * groups; item += THREADS) {
    let column = item / groups;
    let group = item % groups;
    let point = (vec2f(f32(column), f32(row)) + 0.5 - 0.5 * f32(params.size)) / params.samplingRate;
    let upstream = gradient[((sample * params.size + row) * params.size + column) * groups + group];
    for (var lane = 0u; lane < min(4u, params.channels - group * 4u); lane++) {
      sum += upstream[lane] * slope(group * 4u + lane, point, scaled);
    }
  }
  partialSums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { partialSums[thread] += partialSums[thread + half]; }
  }
  if (thread == 0u) {
    // Back through the normalisation by the length of the rotation.
    let whole = partialSums[0];
    let ofLength = dot(whole, scaled);
    output[index] = (whole - ofLength * vec4f(scaled.xy, 0, 0)) * inverseLength;
  }
}
