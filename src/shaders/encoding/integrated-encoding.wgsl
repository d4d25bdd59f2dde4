// Integrated positional encoding (Mip-NeRF, Barron et al. 2021, sections 3.1 and 3.2): what sines and cosines of a place come to on average over the piece
// of the cone that a pixel sees between two depths. The piece is taken for a Gaussian with its own mean and variance (equations 7 and 8),
//
//   mean = origin + mean_t direction;   variance = variance_t d^2 + variance_r (1 - d^2)        for each axis, d the direction's part along it
//
// and the mean of sin(2 pi f x) over a Gaussian is sin(2 pi f mean) exp(-(2 pi f)^2 variance / 2) (equations 13 and 14; only the diagonal of the covariance counts,
// as each wave is along an axis): waves that are finer than the piece fade away.
//
// Shapes    points [M, 3], on the rays at the middle of each piece; directions [M, 3] of unit length; casts [M, 3] = (depth of the middle, length of the piece
//           along the ray, radius of the cone at depth 1); output [M, 6 levels]: sines for x, y, z of the lowest frequency, of twice that and so on, then
//           cosines in the same order
// Layout    vec4f along the last axis
// Dispatch  one thread per row and four waves, 64 per workgroup (each-element)
// Cost      about 45 FLOPs a wave, with 15 a thread for the Gaussian, and 4 bytes of writes

#include "common/each-element"
#include "common/keep-channels"
#include "common/sine-of-cycles"
#param rows, levels: u32
#param lowest: f32 // frequency of the first level, in cycles per unit
#read points, directions, casts: array<vec4f>
#write output: array<vec4f>

const TAU = 6.283185307179586;
const TINY = 1e-12; // a row of zeros must not divide by 0

struct Gaussian {
  mean: vec3f,
  variance: vec3f,
}

fn gaussianOf(row: u32) -> Gaussian {
  let piece = casts[row];
  let middle2 = piece.x * piece.x;
  let half2 = 0.25 * piece.y * piece.y;
  let sum = max(3.0 * middle2 + half2, TINY);
  let half4 = half2 * half2;
  let beyondMiddle = 2.0 * piece.x * half2 / sum;
  let along = half2 / 3.0 - 4.0 / 15.0 * half4 * (12.0 * middle2 - half2) / (sum * sum);
  let across = piece.z * piece.z * (middle2 / 4.0 + 5.0 / 12.0 * half2 - 4.0 / 15.0 * half4 / sum);
  let direction = directions[row].xyz;
  let ofDirection = direction * direction;
  return Gaussian(points[row].xyz + beyondMiddle * direction, along * ofDirection + across * (1.0 - ofDirection));
}

fn element(index: u32) {
  let groups = (6u * params.levels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let group = index % groups;
  let piece = gaussianOf(index / groups);
  var sums = vec4f(0);
#for lane in 0..4
  {
    let isCosine = 4u * group + ${lane}u >= 3u * params.levels;
    let wave = 4u * group + ${lane}u - select(0u, 3u * params.levels, isCosine);
    let frequency = ldexp(params.lowest, i32(wave / 3u));
    let phase = TAU * frequency;
    let damping = exp(-0.5 * phase * phase * piece.variance[wave % 3u]);
    sums[${lane}] = damping * sineOfCycles(frequency * piece.mean[wave % 3u] + select(0.0, 0.25, isCosine));
  }
#end
  output[index] = keepChannels(sums, group, 6u * params.levels);
}
