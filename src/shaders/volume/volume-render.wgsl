// The whole volume renderer with importance samples, one thread a ray (EG3D section 4.2; two passes after NeRF): coarse densities, their weights,
// fine depths where the weights are, fine densities, both merged by depth, then colours and quadrature. Nothing goes through global memory
// between these steps. The plain chain (stratified, tri-planes, decoder, marcher, importance, merge-samples) computes the same and is
// what this kernel is tested against; the arithmetic is shared with it through common/.
//
// A thread goes through its steps in a loop that evaluates one batch of points a turn, be it for density or for colour: whichever step each thread
// of a group has reached, the costly part runs for all of them together. What nobody sees is left out:
// - samples behind the place where the light is used up. The first pass stops there; should the merged samples let light through, it goes on
// - points outside all planes, whose density and colour are the same everywhere (point-batch.wgsl)
// - colours of samples whose worth, (weight before it + weight behind it) / 2, is below LEAST_WORTH. Worth is known when all densities are, so there
//   are two ways to colours. Without KEEPS_COLOURS they come last, for the samples that are seen: for graphics cards, where a thread has no room for
//   colours and computing is cheap. With KEEPS_COLOURS they are decoded with the densities and kept, 128 bytes a sample: for software adapters
//
// Shapes, layout, dispatch: common/volume/march.wgsl. Also jitter [N, R, S] and uniforms [N * R, F] (SAMPLING_RECORDED only)
// Memory    4 * (COARSE_CAPACITY + FINE_CAPACITY) private floats a thread, indexed by variables (34 times with KEEPS_COLOURS); the batch's
//           288 * QUADS for 32 features and 32 colours, indexed by numbers; none in the workgroup
// Cost      S + F times (12 texels of C, density), and where something is seen (12 texels of C, density and colour): 24 + 24 samples, 32-64-33,
//           of which a third is seen: 0.5 MFLOP and 100 kB of (cached) texel reads a ray. With KEEPS_COLOURS 48 times all: 0.6 MFLOP, 75 kB

#include "common/each-element"
#include "common/volume/sampling/coarse-depth"
#include "common/volume/march"
#include "common/volume/sampling/place-fine-samples"
#include "common/volume/point-batch"
#include "common/volume/quadrature"
#const COARSE_CAPACITY
#const FINE_CAPACITY
#const KEEPS_COLOURS: bool
#param coarseSamples, fineSamples: u32

const SAMPLE_CAPACITY = COARSE_CAPACITY + FINE_CAPACITY;
const LEAST_WORTH = 2e-8; // 48 times this is 1e-6

// What a batch is evaluated for.
const COARSE = 0u;
const FINE = 1u;
const COLOURS = 2u;
const NOTHING = 3u;

var<private> step: u32;
var<private> firstOfBatch: u32;
var<private> countOfStep: u32;

var<private> coarseSigma: array<f32, COARSE_CAPACITY>;
var<private> fineSigma: array<f32, FINE_CAPACITY>;
#if KEEPS_COLOURS
var<private> keptColours: array<vec4f, SAMPLE_CAPACITY * COLOUR_GROUPS>; // of coarse, then of fine samples
#else
var<private> seenDepth: array<f32, SAMPLE_CAPACITY>; // samples whose colour matters
var<private> seenWorth: array<f32, SAMPLE_CAPACITY>;
#end

fn batchPoint(index: u32) -> vec3f {
  let sample = min(firstOfBatch + index, countOfStep - 1u);
  var depth: f32;
  switch step {
    case COARSE: { depth = coarseDepth(sample); }
#if !KEEPS_COLOURS
    case COLOURS: { depth = seenDepth[sample]; }
#end
    default: { depth = fineDepth[sample]; }
  }
  return pointAt(depth);
}

fn keepSamples() {
#for q in 0..QUADS
#for j in 0..4
  {
    let sample = firstOfBatch + 4u * ${q} + ${j};
    if (sample < countOfStep) {
      if (step == COARSE) { coarseSigma[sample] = sigma[${q}][${j}]; } else { fineSigma[sample] = sigma[${q}][${j}]; }
    }
  }
#end
#end
#if KEEPS_COLOURS
  let firstKept = firstOfBatch + select(0u, COARSE_CAPACITY, step == FINE);
  let count = min(countOfStep - firstOfBatch, BATCH_POINTS);
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
#for q in 0..QUADS
    let colours${q} = quadColours(${q}, group);
#for j in 0..4
    if (4u * ${q} + ${j} < count) { keptColours[(firstKept + 4u * ${q} + ${j}) * COLOUR_GROUPS + group] = colours${q}[${j}]; }
#end
#end
  }
#end
}

#if !KEEPS_COLOURS
fn addColours() {
#for q in 0..QUADS
  {
    let samples = firstOfBatch + 4u * ${q} + vec4u(0, 1, 2, 3);
    var worth = vec4f(0);
#for j in 0..4
    if (samples[${j}] < countOfStep) { worth[${j}] = seenWorth[samples[${j}]]; }
#end
    for (var group = 0u; group < COLOUR_GROUPS; group++) { colourSum[group] += quadColours(${q}, group) * worth; }
  }
#end
}
#end

fn element(index: u32) {
  beginRay(index);
  let coarseCount = params.coarseSamples;
  let fineCount = params.fineSamples;
  let sampleCount = coarseCount + fineCount;
  // Samples ascend with their index, except where the whole batch misses the box and the limits are (-1, -2).
  let descending = limits.end < limits.start;

  // The first pass alone.
  var coarseReady = 0u; // coarse samples whose density is known
  var fineReady = 0u;
  var isPlaced = false;
  var coarseLight = 1.0;
  // The merged samples.
  var coarseTaken = 0u;
  var fineTaken = 0u;
  var light = 1.0;
  var weightTotal = 0.0;
  var depthSum = 0.0;
  var nearDepth = 0.0;
  var nearSigma = 0.0;
  var nearWeight = 0.0; // of the interval before the sample at nearDepth
#if KEEPS_COLOURS
  var nearKept = 0u; // where the colour of the sample at nearDepth is
#else
  var seenCount = 0u;
#end

  step = COARSE;
  firstOfBatch = 0u;
  countOfStep = coarseCount;
  while (isNeeded(step != NOTHING)) {
    gatherBatch(image);
#if KEEPS_COLOURS
    decode1();
#else
    for (var turn = 0u; turn < u32(isNeeded(step < COLOURS)); turn++) { decode0(); }
    for (var turn = 0u; turn < u32(isNeeded(step == COLOURS)); turn++) { decode1(); }
#end
    if (step == NOTHING) { continue; }
    let endOfBatch = min(firstOfBatch + BATCH_POINTS, countOfStep);
#if !KEEPS_COLOURS
    if (step == COLOURS) {
      addColours();
      firstOfBatch = endOfBatch;
      if (endOfBatch == seenCount) { step = NOTHING; }
      continue;
    }
#end
    keepSamples();
    if (step == FINE) {
      fineReady = endOfBatch;
    } else {
      if (!isPlaced) {
        for (var i = max(coarseReady, 1u); i < endOfBatch; i++) {
          let alpha = intervalAlpha(coarseSigma[i - 1u], coarseSigma[i], coarseDepth(i) - coarseDepth(i - 1u));
          weight[i - 1u] = alpha * coarseLight;
          coarseLight = transmit(coarseLight, alpha);
        }
      }
      coarseReady = endOfBatch;
      if (!isPlaced && (coarseReady == coarseCount || coarseLight < LEAST_LIGHT)) {
        placeFineSamples();
        isPlaced = true;
      }
    }
    step = COARSE;
    // Merges as far as densities are known.
    while (isPlaced) {
      let taken = coarseTaken + fineTaken;
      var depth = nearDepth;
      var sampleSigma = nearSigma;
      var intervalWeight = 0.0;
#if KEEPS_COLOURS
      var kept = nearKept;
#end
      let isEnd = taken == sampleCount || (light < LEAST_LIGHT && !descending);
      if (!isEnd) {
        let coarse = select(coarseTaken, coarseCount - 1u - coarseTaken, descending);
        let fine = select(fineTaken, fineCount - 1u - fineTaken, descending);
        var takeCoarse = coarseTaken < coarseCount;
        if (takeCoarse) { depth = coarseDepth(coarse); }
        if (takeCoarse && fineTaken < fineCount) { takeCoarse = depth <= fineDepth[fine]; }
        if (takeCoarse) {
          if (coarse >= coarseReady) { break; }
          sampleSigma = coarseSigma[coarse];
#if KEEPS_COLOURS
          kept = coarse;
#end
          coarseTaken++;
        } else {
          if (fine >= fineReady) {
            step = FINE;
            break;
          }
          depth = fineDepth[fine];
          sampleSigma = fineSigma[fine];
#if KEEPS_COLOURS
          kept = COARSE_CAPACITY + fine;
#end
          fineTaken++;
        }
        if (taken > 0u) {
          let alpha = intervalAlpha(nearSigma, sampleSigma, depth - nearDepth);
          intervalWeight = alpha * light;
          light = transmit(light, alpha);
          weightTotal += intervalWeight;
          depthSum += intervalWeight * 0.5 * (nearDepth + depth);
        }
      }
      let worth = 0.5 * (nearWeight + intervalWeight);
#if KEEPS_COLOURS
      for (var group = 0u; group < COLOUR_GROUPS && abs(worth) > LEAST_WORTH; group++) {
        colourSum[group] += worth * keptColours[nearKept * COLOUR_GROUPS + group];
      }
      nearKept = kept;
      if (isEnd) {
        step = NOTHING;
        break;
      }
#else
      if (abs(worth) > LEAST_WORTH) {
        seenDepth[seenCount] = nearDepth;
        seenWorth[seenCount] = worth;
        seenCount++;
      }
      if (isEnd) {
        step = select(NOTHING, COLOURS, seenCount > 0u);
        break;
      }
#end
      nearDepth = depth;
      nearSigma = sampleSigma;
      nearWeight = intervalWeight;
    }
    switch step {
      case COARSE: {
        firstOfBatch = coarseReady;
        countOfStep = coarseCount;
      }
      case FINE: {
        firstOfBatch = fineReady;
        countOfStep = fineCount;
      }
      default: {
        firstOfBatch = 0u;
#if !KEEPS_COLOURS
        countOfStep = seenCount;
#end
      }
    }
  }

  let firstDepths = vec2f(coarseDepth(0u), fineDepth[0]);
  let lastDepths = vec2f(coarseDepth(coarseCount - 1u), fineDepth[fineCount - 1u]);
  let nearest = min(firstDepths, lastDepths);
  let farthest = max(firstDepths, lastDepths);
  endRay(weightTotal, depthSum, min(nearest.x, nearest.y), max(farthest.x, farthest.y));
}
