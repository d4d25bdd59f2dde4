// The whole volume renderer without importance samples, one thread a ray (EG3D section 4.2): batches of samples from near to far, each evaluated
// and composited at once.
//
// Colours are decoded together with densities where the batch before had something to see, and else only when the densities of a batch ask for
// it; behind the place where the light is used up nothing is evaluated.
//
// Shapes, layout, dispatch: common/volume/march.wgsl. Also jitter [N, R, S] (SAMPLING_RECORDED only)
// Memory    the batch's 288 * QUADS private floats for 32 features and 32 colours, indexed by numbers; none in the workgroup
// Cost      S times (12 texels of C, density and colour), less where nothing is seen: 48 samples, 32-64-33: 0.5 MFLOP and 70 kB of (cached)
//           texel reads a ray

#include "common/each-element"
#include "common/volume/sampling/coarse-depth"
#include "common/volume/march"
#include "common/volume/point-batch"
#include "common/volume/quadrature"

const LEAST_WEIGHT = 2e-8; // 48 times this is 1e-6

var<private> firstOfBatch: u32;

fn batchPoint(index: u32) -> vec3f {
  return pointAt(coarseDepth(min(firstOfBatch + index, params.coarseSamples - 1u)));
}

fn element(index: u32) {
  beginRay(index);
  let count = params.coarseSamples;
  var light = 1.0;
  var weightTotal = 0.0;
  var depthSum = 0.0;
  var nearDepth = 0.0;
  var nearSigma = 0.0;
  var colourOfLast: array<vec4f, COLOUR_GROUPS>;
  var isColourKnown = true; // of the last sample; before the first one nothing asks for it
  var withColours = true;
  var done = 0u; // samples that are composited
  let descending = limits.end < limits.start;
  firstOfBatch = 0u;
  var isDone = false;
  while (isNeeded(!isDone)) {
    gatherBatch(image);
    let needsColours = isNeeded(withColours && !isDone);
    for (var turn = 0u; turn < u32(!needsColours); turn++) { decode0(); }
    for (var turn = 0u; turn < u32(needsColours); turn++) { decode1(); }
    if (isDone) { continue; }

    var newLight = light;
    var newTotal = weightTotal;
    var newDepthSum = depthSum;
    var depthBefore = nearDepth;
    var sigmaBefore = nearSigma;
    var worthOfLast = 0.0;
    var worth = array<vec4f, QUADS>();
    var largest = 0.0;
#for q in 0..QUADS
#for j in 0..4
    {
      let sample = firstOfBatch + 4u * ${q} + ${j};
      if (sample >= done && sample < count) {
        let depth = coarseDepth(sample);
        if (sample > 0u) {
          let alpha = intervalAlpha(sigmaBefore, sigma[${q}][${j}], depth - depthBefore);
          let weight = alpha * newLight;
          newLight = transmit(newLight, alpha);
          newTotal += weight;
          newDepthSum += weight * 0.5 * (depthBefore + depth);
          largest = max(largest, abs(weight));
          worth[${q}][${j}] += 0.5 * weight;
          if (sample == firstOfBatch) {
            worthOfLast = 0.5 * weight;
          } else {
            worth[(max(4u * ${q} + ${j}, 1u) - 1u) / 4u][(max(4u * ${q} + ${j}, 1u) - 1u) % 4u] += 0.5 * weight;
          }
        }
        depthBefore = depth;
        sigmaBefore = sigma[${q}][${j}];
      }
    }
#end
#end
    let isSeen = largest > LEAST_WEIGHT;
    if (isSeen && !withColours) {
      withColours = true;
      if (!isColourKnown) { firstOfBatch = done - 1u; }
      continue;
    }
    if (withColours) {
      for (var group = 0u; group < COLOUR_GROUPS; group++) {
        var sum = colourSum[group] + colourOfLast[group] * worthOfLast;
#for q in 0..QUADS
        let colours${q} = quadColours(${q}, group);
        sum += colours${q} * worth[${q}];
        colourOfLast[group] = colours${q}[3];
#end
        colourSum[group] = sum;
      }
    }
    isColourKnown = withColours;
    withColours = isSeen;
    light = newLight;
    weightTotal = newTotal;
    depthSum = newDepthSum;
    nearDepth = depthBefore;
    nearSigma = sigmaBefore;
    done = min(firstOfBatch + BATCH_POINTS, count);
    firstOfBatch = done;
    isDone = done == count || (light < LEAST_LIGHT && !descending);
  }

  let first = coarseDepth(0u);
  let last = coarseDepth(count - 1u);
  endRay(weightTotal, depthSum, min(first, last), max(first, last));
}
