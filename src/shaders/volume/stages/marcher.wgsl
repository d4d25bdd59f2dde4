// Quadrature along rays whose samples are in memory (common/volume/quadrature.wgsl), in the order of their index.
//
// Shapes    colours [N, R, S, C]; sigma, depths [N, R, S, 1]; picture [N, R, C], 2 * colour - 1; weights [N, R, S - 1, 1];
//           depthAlpha [N, R, 4] = (depth, weight total, 0, 0), to be clamped by finish-depth.wgsl
// Dispatch  one thread per ray, 64 per workgroup (each-element); each group of four colours integrates the ray again: the readable version
// Cost      about 20 S FLOPs and 48 S bytes a ray and group

#include "common/each-element"
#include "common/range-cells"
#include "common/widen-range"
#include "common/volume/quadrature"
#const WHITE_BACKGROUND: bool = 0
#param rays, samples, channels: u32
#param groups: u32 // vec4f of a colour
#read colours, sigma, depths: array<vec4f>
#write picture, depthAlpha, weights: array<vec4f>

const NO_DEPTH = 3e38; // an empty ray: finish-depth.wgsl turns it into the largest depth

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let first = ray * params.samples;
  var light = 1.0;
  var weightTotal = 0.0;
  var depthSum = 0.0;
  var smallest = depths[first].x;
  var largest = smallest;
  for (var i = 0u; i + 1u < params.samples; i++) {
    let near = first + i;
    let alpha = intervalAlpha(sigma[near].x, sigma[near + 1u].x, depths[near + 1u].x - depths[near].x);
    let weight = alpha * light;
    light = transmit(light, alpha);
    weights[ray * (params.samples - 1u) + i] = vec4f(weight, 0, 0, 0);
    weightTotal += weight;
    depthSum += weight * 0.5 * (depths[near].x + depths[near + 1u].x);
    smallest = min(smallest, depths[near + 1u].x);
    largest = max(largest, depths[near + 1u].x);
  }
  let background = select(0.0, 1.0 - weightTotal, WHITE_BACKGROUND);
  for (var group = 0u; group < params.groups; group++) {
    var sum = vec4f(0);
    for (var i = 0u; i + 1u < params.samples; i++) {
      let at = (first + i) * params.groups + group;
      sum += weights[ray * (params.samples - 1u) + i].x * 0.5 * (colours[at] + colours[at + params.groups]);
    }
    let channel = vec4u(group * 4u) + vec4u(0, 1, 2, 3);
    let shown = (sum + background) * 2.0 - 1.0;
    picture[ray * params.groups + group] = select(vec4f(0), shown, channel < vec4u(params.channels));
  }
  var pictureDepth = NO_DEPTH;
  if (weightTotal != 0.0) { pictureDepth = depthSum / weightTotal; }
  depthAlpha[ray] = vec4f(pictureDepth, weightTotal, 0, 0);
  widenRange(SMALLEST_SAMPLE_DEPTH, smallest, largest);
  if (weightTotal > 0.5) { widenRange(SMALLEST_SURFACE_DEPTH, pictureDepth, pictureDepth); }
}
