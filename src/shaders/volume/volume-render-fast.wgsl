// A volume renderer that looks before it asks, one thread a ray: a sketch of the density, made once a face (density-sketch.wgsl), tells where a ray
// may meet something, and only there is the model asked, in two rounds, each where the one before has found that it matters.
//
// 1. The ray marches through the sketch. At each step two lights are known: what is left if the sketch is right, and what is left if everything is as
//    dense as the densest place around (the hull). Where they differ the surface may be, also on rays that only graze the head: the chance of a step
//    is the sketched weight and a share of that difference.
// 2. SCOUTS densities of the model, at equal shares of the chances. They find the surface to a few thousandths of the box.
// 3. SAMPLES densities and colours of the model, at equal shares of the weights between scouts.
// 4. Quadrature over all of them (quadrature.wgsl), colours in straight lines between the samples. Between knots that are further apart than a step of
//    the sketch, density goes in a straight line but never above the hull: so the gap between a chin and a shoulder stays empty.
//
// Shapes, layout, dispatch: common/volume/march.wgsl. Also sketch, G x G x G voxels that fill the box: (density, hull)
// Memory    3 * STEPS + 4 * (SCOUTS + SAMPLES) private floats a thread, indexed by variables; the batch's 288 * QUADS for 32 features and 32 colours,
//           indexed by numbers; none in the workgroup
// Cost      STEPS voxels of the sketch, filtered, SCOUTS times (24 texels, density), SAMPLES times (24 texels, density and colour; twice where they
//           are no single batch), for 32 channels: 48 steps, 16 scouts, 8 samples, 32-64-33: 140 kFLOP, 10 kB of (cached) texels a ray

#include "common/each-element"
#include "common/volume/march"
#include "common/volume/point-batch"
#include "common/volume/quadrature"
#const SAMPLES
#const SCOUTS
#const STEPS
#texture sketch: texture_3d<f32>
#sampler filtered

const KNOTS = SCOUTS + SAMPLES;
const BINS = max(STEPS, SCOUTS + 1u);
const LEAST_TOTAL = 1e-4; // a ray of less chance counts as empty
const HULL_SHARE = 0.5; // of a surface's chance, what the difference of the two lights adds for each step
const LEAST_HULL = 1e-3; // a step whose hull takes less light is empty
const SPREAD = 0.1; // of an interval's weight, what each of its neighbours gets: the surface may lie just beyond a scout

var<private> firstOfBatch: u32;
var<private> places: array<f32, max(SCOUTS, SAMPLES)>; // depths that the model is asked at, ascending
var<private> knotCount: u32; // places where the density is known, ascending
var<private> knotDepth: array<f32, KNOTS>;
var<private> knotSigma: array<f32, KNOTS>;
// Of the intervals before, between and behind the knots: weight, and weight times mean depth.
var<private> intervalWeight: array<f32, KNOTS + 1u>;
var<private> intervalMoment: array<f32, KNOTS + 1u>;
// Pieces of the ray, and how much each of them is worth looking at.
var<private> binCount: u32;
var<private> binValue: array<f32, BINS>;
var<private> binStart: array<f32, BINS>;
var<private> binEnd: array<f32, BINS>;
var<private> span: BoxLimits; // of the ray in the box
var<private> stepLength: f32;

fn batchPoint(index: u32) -> vec3f {
  return pointAt(places[firstOfBatch + index]);
}

// Density and hull at a depth; beyond the outermost voxels' centres they go on.
fn sketchAt(depth: f32) -> vec2f {
  return textureSampleLevel(sketch, filtered, 0.5 * (pointAt(depth) + 1.0), 0.0).xy;
}

// Steps through the sketch become bins. Returns their value in all.
fn lookAtSketch() -> f32 {
  let steps = select(0u, STEPS, span.end > span.start);
  var light = 1.0;
  var hullLight = 1.0;
  for (var i = 0u; i < steps && light >= LEAST_LIGHT; i++) {
    let near = span.start + f32(i) * stepLength;
    let found = sketchAt(near + 0.5 * stepLength);
    let hullAlpha = intervalAlpha(found.y, found.y, stepLength);
    var chance = 0.0;
    if (hullAlpha > LEAST_HULL) {
      let alpha = intervalAlpha(found.x, found.x, stepLength);
      hullLight = transmit(hullLight, hullAlpha);
      chance = alpha * light + HULL_SHARE * hullAlpha * (light - hullLight);
      light = transmit(light, alpha);
    }
    binValue[i] = chance;
    binStart[i] = near;
    binEnd[i] = near + stepLength;
    binCount = i + 1u;
  }
  // Each chance spreads to its neighbours, as weights do in the reference (importance-step.wgsl).
  var total = 0.0;
  var before = 0.0;
  for (var i = 0u; i < binCount; i++) {
    let here = binValue[i];
    let after = select(0.0, binValue[min(i + 1u, BINS - 1u)], i + 1u < binCount);
    binValue[i] = 0.5 * (max(before, here) + max(here, after));
    before = here;
    total += binValue[i];
  }
  return total;
}

// Intervals between scouts become bins. Returns their value in all.
fn lookAtScouts() -> f32 {
  var total = 0.0;
  binCount = SCOUTS + 1u;
  for (var k = 0u; k <= SCOUTS; k++) {
    let isInner = k > 0u && k < SCOUTS;
    let around = intervalWeight[max(k, 1u) - 1u] + intervalWeight[min(k + 1u, SCOUTS)];
    binValue[k] = intervalWeight[k] + select(0.0, SPREAD * around + LEAST_TOTAL, isInner);
    // What weighs before the first scout and behind the last lies close to them.
    let before = knotDepth[max(k, 1u) - 1u];
    let after = knotDepth[min(k, SCOUTS - 1u)];
    binStart[k] = select(before, max(span.start, before - stepLength), k == 0u);
    binEnd[k] = select(after, min(span.end, after + stepLength), k == SCOUTS);
    total += binValue[k];
  }
  return total;
}

// Places in the middles of equal shares of the bins' value.
fn placeInBins(count: u32, total: f32) {
  var bin = 0u;
  var below = 0.0;
  for (var k = 0u; k < count; k++) {
    let wanted = total * (f32(k) + 0.5) / f32(count);
    while (bin + 1u < binCount && below + binValue[bin] < wanted) {
      below += binValue[bin];
      bin++;
    }
    places[k] = mix(binStart[bin], binEnd[bin], clamp((wanted - below) / max(binValue[bin], 1e-30), 0.0, 1.0));
  }
}

fn addKnot(depth: f32, density: f32) {
  var place = knotCount;
  while (place > 0u && knotDepth[place - 1u] > depth) {
    knotDepth[place] = knotDepth[place - 1u];
    knotSigma[place] = knotSigma[place - 1u];
    place--;
  }
  knotDepth[place] = depth;
  knotSigma[place] = density;
  knotCount++;
}

// Weights of the intervals. A long one is marched in steps.
fn weighIntervals() {
  var light = 1.0;
  for (var k = 0u; k <= knotCount; k++) {
    intervalWeight[k] = 0.0;
    intervalMoment[k] = 0.0;
    if (light < LEAST_LIGHT) { continue; }
    let before = max(k, 1u) - 1u;
    let after = min(k, knotCount - 1u);
    let near = select(knotDepth[before], span.start, k == 0u);
    let far = select(knotDepth[after], span.end, k == knotCount);
    let steps = u32(clamp(ceil((far - near) / stepLength), 1.0, f32(STEPS)));
    for (var i = 0u; i < steps && light >= LEAST_LIGHT; i++) {
      let way = (f32(i) + 0.5) / f32(steps);
      let depth = mix(near, far, way);
      var density = mix(knotSigma[before], knotSigma[after], way);
      if (steps > 1u) { density = min(density, sketchAt(depth).y); }
      let alpha = intervalAlpha(density, density, (far - near) / f32(steps));
      intervalWeight[k] += alpha * light;
      intervalMoment[k] += alpha * light * depth;
      light = transmit(light, alpha);
    }
  }
}

fn element(index: u32) {
  beginRay(index);
  let inBox = rayBoxLimits(view.origin, view.direction, params.boxSide);
  span = BoxLimits(max(limits.start, inBox.start), min(limits.end, inBox.end));
  stepLength = (span.end - span.start) / f32(STEPS);
  var total = lookAtSketch();
  let isEmpty = total < LEAST_TOTAL;

  // Both rounds are turns of one loop, so that what is costly to compile is there once.
  for (var round = 0u; round < 2u && isNeeded(!isEmpty); round++) {
    let isScouting = round == 0u;
    let count = select(SAMPLES, SCOUTS, isScouting);
    if (!isEmpty) { placeInBins(count, total); }
    for (firstOfBatch = 0u; firstOfBatch < count; firstOfBatch += BATCH_POINTS) {
      gatherBatch(image);
#if SAMPLES == 4 * QUADS
      for (var turn = 0u; turn < u32(isScouting); turn++) { decode0(); }
      for (var turn = 0u; turn < u32(!isScouting); turn++) { decode1(); }
#else
      decode0();
#end
      for (var q = 0u; q < QUADS && !isEmpty; q++) {
        for (var j = 0u; j < 4u; j++) { addKnot(places[firstOfBatch + 4u * q + j], sigma[q][j]); }
      }
    }
    if (!isEmpty) {
      weighIntervals();
      if (isScouting) { total = lookAtScouts(); }
    }
  }

  // No interval reaches across a sample, so its mean depth tells how its weight is shared between the two colours around it.
  var worth: array<f32, SAMPLES>;
  var next = 0u; // the first sample behind an interval
  var weightTotal = 0.0;
  var depthSum = 0.0;
  for (var k = 0u; k <= knotCount && !isEmpty; k++) {
    let weight = intervalWeight[k];
    let depth = intervalMoment[k] / max(weight, 1e-30);
    while (next < SAMPLES && weight > 0.0 && places[next] < depth) { next++; }
    let first = max(next, 1u) - 1u;
    let second = min(next, SAMPLES - 1u);
    let way = clamp((depth - places[first]) / max(places[second] - places[first], 1e-9), 0.0, 1.0);
    worth[first] += weight * (1.0 - way);
    worth[second] += weight * way;
    weightTotal += weight;
    depthSum += intervalMoment[k];
  }

  for (firstOfBatch = 0u; firstOfBatch < SAMPLES && isNeeded(!isEmpty); firstOfBatch += BATCH_POINTS) {
#if SAMPLES != 4 * QUADS
    gatherBatch(image);
    decode1();
#end
    for (var group = 0u; group < SHOWN_GROUPS; group++) {
      var sum = colourSum[group];
#for q in 0..QUADS
      let first${q} = firstOfBatch + 4u * ${q};
      sum += quadColours(${q}, group) * vec4f(worth[first${q}], worth[first${q} + 1u], worth[first${q} + 2u], worth[first${q} + 3u]);
#end
      colourSum[group] = sum;
    }
  }
  endRay(weightTotal, depthSum, span.start, span.end);
}
