// The whole volume renderer, one thread a ray (EG3D section 4.2; two-pass importance sampling after NeRF): coarse densities, their weights,
// fine depths where the weights are, fine densities, both merged by depth, then colours and quadrature. Nothing goes through global memory
// between these steps. The plain chain (stratified, tri-planes, decoder, marcher, importance, merge-samples) computes the same and is
// what this kernel is tested against; all arithmetic is shared with it through common/.
//
// Colours are decoded in a second evaluation, in depth order, because a sample's colour is worth (weight before it + weight behind it) / 2,
// which is known only when all densities are. A sample whose worth is exactly 0 is not decoded: adding 0 changes no bit.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; cameras [N, 25]; jitter [N, R, S] and uniforms [N * R, F] (SAMPLING_RECORDED only);
//           feature [N, R, colours], 2 * colour - 1; depthAlpha [N, R, 4] = (depth, weight total, 0, 0), to be clamped by finish-depth.wgsl
// Layout    rays row by row, R = resolution^2; all tensors vec4f along the last axis
// Dispatch  one thread per ray from firstRay to endRay - 1, 64 per workgroup (linearIndex)
// Memory    2 * (COARSE_CAPACITY + FINE_CAPACITY) private floats a thread; none in the workgroup
// Cost      2 * (S + F) times (12 texels of C + decoder): 24 + 24 samples, 32-64-33: 1.3 MFLOP and 150 kB of (cached) texel reads a ray
// Needs     everything that volumeRender in pipelines/volume-render.ts lists

struct Params {
  firstRay: u32,
  endRay: u32,
  resolution: u32,
  planeWidth: u32,
  planeHeight: u32,
  coarseSamples: u32,
  fineSamples: u32, // 0: coarse samples only
  jitterStride: u32, // floats from one ray's row to the next
  uniformStride: u32,
  seed: u32,
  boxSide: f32,
  rayStart: f32, // unused with AUTO_LIMITS
  rayEnd: f32,
}

override AUTO_LIMITS: bool = false;
override DISPARITY: bool = false;
override WHITE_BACKGROUND: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> planes: array<vec4f>;
@group(0) @binding(2) var<storage, read> decoder: array<vec4f, DECODER_VECTORS>;
@group(0) @binding(3) var<storage, read> cameras: array<vec4f>;
@group(0) @binding(4) var<storage, read> jitter: array<f32>;
@group(0) @binding(5) var<storage, read> uniforms: array<f32>;
@group(0) @binding(6) var<storage, read_write> cells: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> feature: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> depthAlpha: array<vec4f>;

const NO_DEPTH = 3e38; // an empty ray: finish-depth.wgsl turns it into the largest depth

fn coarseDepth(limits: BoxLimits, ray: u32, index: u32) -> f32 {
  let position = f32(index) + jitterOf(ray, index, params.jitterStride, params.seed);
  return stratifiedDepth(limits.start, limits.end, position, params.coarseSamples, DISPARITY);
}

fn featuresAt(view: Ray, depth: f32, image: u32) -> PointFeatures {
  let point = (view.origin + depth * view.direction) * (2.0 / params.boxSide);
  return pointFeatures(point, image, params.planeWidth, params.planeHeight);
}

fn sigmaAt(view: Ray, depth: f32, image: u32) -> f32 {
  var features = featuresAt(view, depth, image);
  return decodeSigma(&features);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = params.firstRay + linearIndex(globalId, workgroups);
  if (ray >= params.endRay) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let image = ray / raysPerImage;
  let view = cameraRay(image, ray % raysPerImage, params.resolution);
  var limits = BoxLimits(params.rayStart, params.rayEnd);
  if (AUTO_LIMITS) {
    limits = rayBoxLimits(view.origin, view.direction, params.boxSide);
    limits = replaceMissedRay(limits, atomicLoad(&cells[SMALLEST_START]), atomicLoad(&cells[LARGEST_START]));
  }
  let coarseCount = params.coarseSamples;
  let fineCount = params.fineSamples;

  var coarseSigma: array<f32, COARSE_CAPACITY>;
  for (var i = 0u; i < coarseCount; i++) { coarseSigma[i] = sigmaAt(view, coarseDepth(limits, ray, i), image); }

  var fineDepth: array<f32, FINE_CAPACITY>;
  var fineSigma: array<f32, FINE_CAPACITY>;
  if (fineCount > 0u) {
    // Weights of the coarse intervals, and the sum of their smoothed, inner part.
    var weight: array<f32, COARSE_CAPACITY>;
    var light = 1.0;
    var nearDepth = coarseDepth(limits, ray, 0u);
    for (var i = 0u; i + 1u < coarseCount; i++) {
      let farDepth = coarseDepth(limits, ray, i + 1u);
      let alpha = intervalAlpha(coarseSigma[i], coarseSigma[i + 1u], farDepth - nearDepth);
      weight[i] = alpha * light;
      light = transmit(light, alpha);
      nearDepth = farDepth;
    }
    let lastKnot = coarseCount - 3u;
    var total = 0.0;
    for (var i = 1u; i <= lastKnot; i++) {
      total += smoothedWeight(weight[i - 1u], weight[i], weight[i + 1u]) + PDF_PADDING;
    }
    // u in ascending order (an insertion sort, which does nothing to the even modes), so that one sweep inverts the distribution.
    for (var k = 0u; k < fineCount; k++) {
      let u = uniformOf(ray, k, fineCount, params.uniformStride, params.seed);
      var place = k;
      while (place > 0u && fineDepth[place - 1u] > u) {
        fineDepth[place] = fineDepth[place - 1u];
        place--;
      }
      fineDepth[place] = u;
    }
    var knot = 0u;
    var cdfBelow = 0.0;
    var cdfAbove = (smoothedWeight(weight[0], weight[1], weight[2]) + PDF_PADDING) / total;
    for (var k = 0u; k < fineCount; k++) {
      let u = fineDepth[k];
      while (knot < lastKnot && cdfAbove <= u) {
        knot++;
        cdfBelow = cdfAbove;
        if (knot < lastKnot) {
          cdfAbove += (smoothedWeight(weight[knot], weight[knot + 1u], weight[knot + 2u]) + PDF_PADDING) / total;
        }
      }
      let depthAtKnot = coarseDepth(limits, ray, knot);
      let depthAfter = coarseDepth(limits, ray, knot + 1u);
      let binBelow = 0.5 * (depthAtKnot + depthAfter);
      var binAbove = binBelow;
      if (knot < lastKnot) { binAbove = 0.5 * (depthAfter + coarseDepth(limits, ray, knot + 2u)); }
      fineDepth[k] = invertWithinBin(u, cdfBelow, cdfAbove, binBelow, binAbove);
      fineSigma[k] = sigmaAt(view, fineDepth[k], image);
    }
  }

  // Samples ascend with their index, except where the whole batch misses the box and the limits are (-1, -2).
  let descending = fineCount > 0u && limits.end < limits.start;
  let sampleCount = coarseCount + fineCount;
  var coarseTaken = 0u;
  var fineTaken = 0u;
  var light = 1.0;
  var weightTotal = 0.0;
  var depthSum = 0.0;
  var nearDepth = 0.0;
  var nearSigma = 0.0;
  var nearWeight = 0.0; // of the interval before the sample at nearDepth
  var firstDepth = 0.0;
  var colourSum: PointColours;
  for (var taken = 0u; taken <= sampleCount; taken++) {
    var depth = nearDepth;
    var sigma = nearSigma;
    var weight = 0.0;
    if (taken < sampleCount) {
      let coarse = select(coarseTaken, coarseCount - 1u - coarseTaken, descending);
      let fine = select(fineTaken, fineCount - 1u - fineTaken, descending);
      var takeCoarse = coarseTaken < coarseCount;
      if (takeCoarse) { depth = coarseDepth(limits, ray, coarse); }
      if (takeCoarse && fineTaken < fineCount) { takeCoarse = depth <= fineDepth[fine]; }
      if (takeCoarse) {
        sigma = coarseSigma[coarse];
        coarseTaken++;
      } else {
        depth = fineDepth[fine];
        sigma = fineSigma[fine];
        fineTaken++;
      }
      if (taken == 0u) {
        firstDepth = depth;
      } else {
        let alpha = intervalAlpha(nearSigma, sigma, depth - nearDepth);
        weight = alpha * light;
        light = transmit(light, alpha);
        weightTotal += weight;
        depthSum += weight * 0.5 * (nearDepth + depth);
      }
    }
    let worth = 0.5 * (nearWeight + weight);
    if (worth != 0.0) {
      var features = featuresAt(view, nearDepth, image);
      let colours = decodeColours(&features);
      for (var group = 0u; group < COLOUR_GROUPS; group++) { colourSum[group] += worth * colours[group]; }
    }
    nearDepth = depth;
    nearSigma = sigma;
    nearWeight = weight;
  }

  let background = select(0.0, 1.0 - weightTotal, WHITE_BACKGROUND);
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    feature[ray * COLOUR_GROUPS + group] = (colourSum[group] + background) * 2.0 - 1.0;
  }
  var pictureDepth = NO_DEPTH;
  if (weightTotal != 0.0) { pictureDepth = depthSum / weightTotal; }
  depthAlpha[ray] = vec4f(pictureDepth, weightTotal, 0, 0);
  widenRange(SMALLEST_SAMPLE_DEPTH, min(firstDepth, nearDepth), max(firstDepth, nearDepth));
  if (weightTotal > 0.5) { widenRange(SMALLEST_SURFACE_DEPTH, pictureDepth, pictureDepth); }
}
