// First step of the way back through the fused renderer (pipelines/volume/gradient/volume-render-gradient.ts): which samples of a ray matter. The march
// of volume-render.wgsl and volume-render-single.wgsl with densities alone; nothing of it was kept. What comes out is the list of samples that
// are seen, in the order of their depth.
//
// A sample is seen whose worth, (weight before it + weight behind it) / 2, is above LEAST_WORTH = 2e-8, as long as more light than LEAST_LIGHT = 1e-7 is
// left. With g the largest gradient of the ray's weights, what is left out is bounded: of a sample's density by worth * 2 g, since
// |d alpha / d density| <= alpha / 2 for each end of an interval; of its colours by worth * 2 |gradient of the picture|. That makes 4e-8 for a sample
// that is not seen (and as much for each neighbour of one), and 2e-7 for all together that are in the dark.
//
// Shapes    planes, cameras, jitter, uniforms: as volume-render.wgsl; cells as the forward pass has left them; samples [rays, S + F, 4] = (depth,
//           density, light behind it, place among all samples of the ray); counts [rays], how many are seen, as u32. Rays count from `firstRay`
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    4 * COARSE_CAPACITY + 2 * FINE_CAPACITY private floats a thread, and the batch of points
// Cost      S + F times (12 texels of C, density): 24 + 24 samples, 32-64: 0.2 MFLOP and 75 kB of (cached) texel reads a ray

#const SHOWN_GROUPS = 1 // of what point-batch.wgsl can do with colours nothing is used

#include "common/each-element"
#include "common/range-cells"
#include "common/volume/sampling/coarse-depth"
#include "common/volume/march-ray"
#include "common/volume/sampling/place-fine-samples"
#include "common/volume/point-batch"
#include "common/volume/quadrature"
#const COARSE_CAPACITY
#const FINE_CAPACITY
#param coarseSamples, fineSamples: u32 // F may be 0
#read cells: array<u32>
#write samples: array<vec4f>
#write counts: array<u32>

const LEAST_WORTH = 2e-8;

var<private> isFine: bool; // what the batch is of
var<private> firstOfBatch: u32;
var<private> coarseReady: u32; // coarse samples whose density is known
var<private> coarseSigma: array<f32, COARSE_CAPACITY>;
var<private> fineSigma: array<f32, FINE_CAPACITY>;
var<private> seenCount: u32;

fn startCell(cell: u32) -> u32 {
  return cells[cell];
}

fn batchPoint(index: u32) -> vec3f {
  let sample = firstOfBatch + index;
  if (isFine) { return pointAt(fineDepth[min(sample, params.fineSamples - 1u)]); }
  return pointAt(coarseDepth(min(sample, params.coarseSamples - 1u)));
}

fn keepSamples(end: u32) {
#for q in 0..QUADS
#for j in 0..4
  {
    let sample = firstOfBatch + 4u * ${q} + ${j};
    if (sample < end) {
      if (isFine) { fineSigma[sample] = sigma[${q}][${j}]; } else { coarseSigma[sample] = sigma[${q}][${j}]; }
    }
  }
#end
#end
}

// Coarse densities from `coarseReady` on, as far as there is light.
fn findCoarse(untilDark: bool) {
  let count = params.coarseSamples;
  var light = 1.0;
  isFine = false;
  while (isNeeded(coarseReady < count && (!untilDark || light >= LEAST_LIGHT))) {
    firstOfBatch = coarseReady;
    gatherBatch(image);
    decode0();
    let end = min(coarseReady + BATCH_POINTS, count);
    keepSamples(end);
    if (untilDark && light >= LEAST_LIGHT) {
      for (var i = max(coarseReady, 1u); i < end; i++) {
        let alpha = intervalAlpha(coarseSigma[i - 1u], coarseSigma[i], coarseDepth(i) - coarseDepth(i - 1u));
        weight[i - 1u] = alpha * light;
        light = transmit(light, alpha);
      }
    }
    coarseReady = end;
  }
}

fn findFine() {
  isFine = true;
  for (firstOfBatch = 0u; firstOfBatch < params.fineSamples; firstOfBatch += BATCH_POINTS) {
    gatherBatch(image);
    decode0();
    keepSamples(params.fineSamples);
  }
}

// Merges both by depth and lists what is seen. Whether all densities were known that it took.
fn listSeen(first: u32) -> bool {
  let sampleCount = params.coarseSamples + params.fineSamples;
  // Samples ascend with their index, except where the whole batch misses the box and the limits are (-1, -2).
  let descending = limits.end < limits.start;
  let turnsRound = descending && params.fineSamples > 0u;
  var coarseTaken = 0u;
  var fineTaken = 0u;
  var light = 1.0;
  var nearDepth = 0.0;
  var nearSigma = 0.0;
  var nearWeight = 0.0; // of the interval before the sample at nearDepth
  seenCount = 0u;
  for (var taken = 0u; taken <= sampleCount; taken++) {
    var depth = nearDepth;
    var sampleSigma = nearSigma;
    var intervalWeight = 0.0;
    let lightBehind = light;
    let isEnd = taken == sampleCount || (light < LEAST_LIGHT && !descending);
    if (!isEnd) {
      let coarse = select(coarseTaken, params.coarseSamples - 1u - coarseTaken, turnsRound);
      let fine = select(fineTaken, params.fineSamples - 1u - fineTaken, turnsRound);
      var takeCoarse = coarseTaken < params.coarseSamples;
      if (takeCoarse) { depth = coarseDepth(coarse); }
      if (takeCoarse && fineTaken < params.fineSamples) { takeCoarse = depth <= fineDepth[fine]; }
      if (takeCoarse) {
        if (coarse >= coarseReady) { return false; }
        sampleSigma = coarseSigma[coarse];
        coarseTaken++;
      } else {
        depth = fineDepth[fine];
        sampleSigma = fineSigma[fine];
        fineTaken++;
      }
      if (taken > 0u) {
        let alpha = intervalAlpha(nearSigma, sampleSigma, depth - nearDepth);
        intervalWeight = alpha * light;
        light = transmit(light, alpha);
      }
    }
    if (taken > 0u && abs(0.5 * (nearWeight + intervalWeight)) > LEAST_WORTH) {
      samples[first + seenCount] = vec4f(nearDepth, nearSigma, lightBehind, f32(taken - 1u));
      seenCount++;
    }
    if (isEnd) { break; }
    nearDepth = depth;
    nearSigma = sampleSigma;
    nearWeight = intervalWeight;
  }
  return true;
}

fn element(index: u32) {
  beginRay(index);
  findCoarse(true);
  if (params.fineSamples > 0u) {
    placeFineSamples();
    findFine();
  }
  let row = ray - params.firstRay;
  let first = row * (params.coarseSamples + params.fineSamples);
  // Should the merged samples let light through where the first pass saw none, it goes on.
  if (isNeeded(!listSeen(first))) {
    findCoarse(false);
    listSeen(first);
  }
  if (!isSpare) { counts[row] = seenCount; }
}
