// The way back through marcher.wgsl: gradients of colours and densities along rays whose samples are in memory. Depths have none: nothing that is
// trained moves a sample.
//
// From near to far the light before each interval is found and kept where the gradient of the density will be; from far to near it is used up
// (common/volume/quadrature-gradient.wgsl says how).
//
// Shapes    colours, colourGradient [N, R, S, C]; sigma, depths, sigmaGradient [N, R, S, 1]; pictureGradient [N, R, C];
//           depthAlphaGradient [N, R, 4] = (of the depth, of the weight total, 0, 0)
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Cost      (60 + 6 C) S FLOPs and (160 + 8 C) S bytes a ray

#include "common/each-element"
#include "common/volume/quadrature"
#include "common/volume/quadrature-gradient"
#const WHITE_BACKGROUND: bool = 0
#param rays, samples: u32
#param groups: u32 // vec4f of a colour
#read colours, sigma, depths, pictureGradient, depthAlphaGradient: array<vec4f>
#write colourGradient, sigmaGradient: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let first = ray * params.samples;
  let intervals = params.samples - 1u;
  var light = 1.0;
  var weightTotal = 0.0;
  var depthSum = 0.0;
  for (var i = 0u; i < intervals; i++) {
    let near = first + i;
    let alpha = intervalAlpha(sigma[near].x, sigma[near + 1u].x, depths[near + 1u].x - depths[near].x);
    sigmaGradient[near] = vec4f(light, 0, 0, 0);
    weightTotal += alpha * light;
    depthSum += alpha * light * 0.5 * (depths[near].x + depths[near + 1u].x);
    light = transmit(light, alpha);
  }

  var ofAllWeights = depthAlphaGradient[ray].y;
  if (WHITE_BACKGROUND) {
    for (var group = 0u; group < params.groups; group++) {
      ofAllWeights -= 2.0 * dot(pictureGradient[ray * params.groups + group], vec4f(1));
    }
  }
  var pictureDepth = 0.0;
  var ofDepth = 0.0;
  if (weightTotal != 0.0) {
    pictureDepth = depthSum / weightTotal;
    ofDepth = depthAlphaGradient[ray].x / weightTotal;
  }

  var behind = 0.0;
  var halfOfNext = 0.0; // what the interval behind gives to the sample between them
  var weightOfNext = 0.0;
  for (var i = intervals; i > 0u; i--) {
    let far = first + i;
    let near = far - 1u;
    let length = depths[far].x - depths[near].x;
    let lightBefore = sigmaGradient[near].x;
    let alpha = intervalAlpha(sigma[near].x, sigma[far].x, length);
    let weight = alpha * lightBefore;
    let middle = 0.5 * (depths[near].x + depths[far].x);
    var ofWeight = ofAllWeights + ofDepth * (middle - pictureDepth);
    for (var group = 0u; group < params.groups; group++) {
      let ofPicture = pictureGradient[ray * params.groups + group];
      let atFar = far * params.groups + group;
      ofWeight += dot(ofPicture, colours[atFar - params.groups] + colours[atFar]);
      colourGradient[atFar] = ofPicture * (weight + weightOfNext);
    }
    let half = 0.5 * lightBefore * (ofWeight - behind) * alphaSlope(sigma[near].x, sigma[far].x, length);
    sigmaGradient[far] = vec4f(half + halfOfNext, 0, 0, 0);
    behind = behindWith(alpha, ofWeight, behind);
    halfOfNext = half;
    weightOfNext = weight;
  }
  sigmaGradient[first] = vec4f(halfOfNext, 0, 0, 0);
  for (var group = 0u; group < params.groups; group++) {
    colourGradient[first * params.groups + group] = pictureGradient[ray * params.groups + group] * weightOfNext;
  }
}
