// The way back through the quadrature along the seen samples of each ray (common/volume/quadrature-gradient.wgsl): from the gradient of the picture to those of
// each sample's density and colours before the sigmoid. Between two seen samples that are no neighbours lie intervals that weigh nothing.
//
// Shapes    samples, starts as in place-points.wgsl; colours [P, C]; pictureGradient [N, R, C]; depthAlpha [N, R, 4] of the forward pass and its
//           gradient, (of the depth, of the weight total, 0, 0); sigmaGradient [P, 1]; logitGradient [P, C]
// Dispatch  one thread per ray from `firstRay` to `endRay` - 1, 64 per workgroup (each-element)
// Cost      16 C FLOPs and 12 C bytes a sample

#include "common/each-element"
#include "common/volume/colour-slope"
#include "common/volume/quadrature"
#include "common/volume/quadrature-gradient"
#const COLOUR_GROUPS
#const WHITE_BACKGROUND: bool = 0
#param firstRay, endRay, samplesPerRay: u32
#read samples, colours, pictureGradient, depthAlpha, depthAlphaGradient: array<vec4f>
#read starts: array<u32>
#write sigmaGradient, logitGradient: array<vec4f>

fn element(row: u32) {
  let ray = params.firstRay + row;
  if (ray >= params.endRay) { return; }
  var ofPicture: array<vec4f, COLOUR_GROUPS>;
  var ofBackground = 0.0;
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    ofPicture[group] = 2.0 * pictureGradient[ray * COLOUR_GROUPS + group];
    ofBackground += dot(ofPicture[group], vec4f(1));
  }
  let marched = depthAlpha[ray];
  let ofAllWeights = depthAlphaGradient[ray].y - select(0.0, ofBackground, WHITE_BACKGROUND);
  let ofDepth = select(depthAlphaGradient[ray].x / marched.y, 0.0, marched.y == 0.0);

  let first = row * params.samplesPerRay;
  let start = starts[row];
  let count = starts[row + 1u] - start;
  var behind = 0.0;
  var halfOfNext = 0.0; // what the interval behind gives to the sample between them
  var weightOfNext = 0.0;
  var shineOfNext = 0.0; // the gradient of a weight of 1 that has the colour of the sample behind
  var next = vec4f(0);
  for (var i = count; i > 0u; i--) {
    let sample = samples[first + i - 1u];
    let at = (start + i - 1u) * COLOUR_GROUPS;
    var shine = 0.0;
    for (var group = 0u; group < COLOUR_GROUPS; group++) { shine += dot(ofPicture[group], colours[at + group]); }
    var weight = 0.0; // of the interval between this sample and the next
    var half = 0.0;
    if (i < count && next.w == sample.w + 1.0) {
      let length = next.x - sample.x;
      let alpha = intervalAlpha(sample.y, next.y, length);
      let ofWeight = ofAllWeights + ofDepth * (0.5 * (sample.x + next.x) - marched.x) + 0.5 * (shine + shineOfNext);
      weight = alpha * sample.z;
      half = 0.5 * sample.z * (ofWeight - behind) * alphaSlope(sample.y, next.y, length);
      behind = behindWith(alpha, ofWeight, behind);
    } else if (i < count) {
      behind *= next.z / sample.z; // the light that is lost in between
    }
    // What the sample behind has of both its intervals is known now.
    if (i < count) { writeSample(start + i, halfOfNext + half, 0.5 * (weightOfNext + weight), &ofPicture); }
    halfOfNext = half;
    weightOfNext = weight;
    shineOfNext = shine;
    next = sample;
  }
  if (count > 0u) { writeSample(start, halfOfNext, 0.5 * weightOfNext, &ofPicture); }
}

fn writeSample(point: u32, ofSigma: f32, worth: f32, ofPicture: ptr<function, array<vec4f, COLOUR_GROUPS>>) {
  sigmaGradient[point] = vec4f(ofSigma, 0, 0, 0);
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    let at = point * COLOUR_GROUPS + group;
    logitGradient[at] = (*ofPicture)[group] * worth * colourSlope(colours[at]);
  }
}
