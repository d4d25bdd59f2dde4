// A volume renderer that looks before it asks, one thread a ray. It marches through a coarse grid of densities that is made once a face
// (density-grid.wgsl), finds how the ray's light is shared out, and puts SAMPLES places in the middles of equal shares of it. The model is asked
// there for densities and colours. The densities correct the sketched ones, then the ray is marched again, and each step takes its colour from the
// places around it. The grid may be coarse: it only has to find the surface; where the light stays, the model has the last word.
//
// A correction, the model's density less the sketched one, goes from place to place in straight lines and fades out within REACH voxels beyond.
//
// Shapes, layout, dispatch: common/march.wgsl. Also density [G, G, G] as z, y, x, in the middle of voxels that fill the box
// Memory    2 * STEPS + 3 * SAMPLES private floats a thread, indexed by variables; the batch's 288 * QUADS for 32 features and 32 colours, indexed
//           by numbers; none in the workgroup
// Cost      STEPS times (8 densities, 80 FLOPs), SAMPLES times (12 texels of C, density and colour; twice where they are SEVERAL_BATCHES): 48 steps,
//           8 samples, 32-64-33: 75 kFLOP, 13 kB of (cached) texel reads and 1.5 kB of (cached) densities a ray
// Needs     everything that fastMarch in pipelines/volume-march.ts lists

@group(0) @binding(6) var<storage, read> density: array<f32>;

override GRID_SIDE: u32 = 32u;

const REACH = 2.0;
const LEAST_TOTAL = 1e-4; // a ray of less weight counts as empty

var<private> firstOfBatch: u32;
var<private> places: array<f32, SAMPLES>; // depths, ascending

fn batchPoint(index: u32) -> vec3f {
  return pointAt(places[firstOfBatch + index]);
}

// `point` in units of half a box side; beyond the outermost voxels' centres their density goes on.
fn sketchedSigma(point: vec3f) -> f32 {
  let place = clamp((point + 1.0) * (0.5 * f32(GRID_SIDE)) - 0.5, vec3f(0), vec3f(f32(GRID_SIDE - 1u)));
  let low = min(vec3u(place), vec3u(GRID_SIDE - 2u));
  let t = place - vec3f(low);
  let front = (low.z * GRID_SIDE + low.y) * GRID_SIDE + low.x;
  let back = front + GRID_SIDE * GRID_SIDE;
  let x0 = vec4f(density[front], density[front + GRID_SIDE], density[back], density[back + GRID_SIDE]);
  let x1 = vec4f(density[front + 1u], density[front + GRID_SIDE + 1u], density[back + 1u], density[back + GRID_SIDE + 1u]);
  let rows = mix(x0, x1, t.x);
  let layers = mix(rows.xz, rows.yw, t.y);
  return mix(layers.x, layers.y, t.z);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  beginRay(globalId, workgroups);
  let inBox = rayBoxLimits(view.origin, view.direction, params.boxSide);
  let start = max(limits.start, inBox.start);
  let end = min(limits.end, inBox.end);
  let steps = select(0u, STEPS, end > start);
  let stepLength = (end - start) / f32(STEPS);

  var sketched: array<f32, STEPS>; // in the middle of each step
  var weight: array<f32, STEPS>;
  var light = 1.0;
  var total = 0.0;
  for (var i = 0u; i < steps && light >= LEAST_LIGHT; i++) {
    sketched[i] = sketchedSigma(pointAt(start + (f32(i) + 0.5) * stepLength));
    let alpha = intervalAlpha(sketched[i], sketched[i], stepLength);
    weight[i] = alpha * light;
    light = transmit(light, alpha);
    total += weight[i];
  }
  let isEmpty = total < LEAST_TOTAL;
  let lookedAt = select(steps, 0u, isEmpty);

  var step = 0u;
  var weightBefore = 0.0;
  for (var k = 0u; k < SAMPLES && !isEmpty; k++) {
    let wanted = total * (f32(k) + 0.5) / f32(SAMPLES);
    while (step < STEPS - 1u && weightBefore + weight[step] < wanted) {
      weightBefore += weight[step];
      step++;
    }
    let share = clamp((wanted - weightBefore) / max(weight[step], 1e-30), 0.0, 1.0);
    places[k] = start + (f32(step) + share) * stepLength;
  }

  var correction: array<f32, SAMPLES>;
  for (firstOfBatch = 0u; firstOfBatch < SAMPLES && isNeeded(!isEmpty); firstOfBatch += BATCH_POINTS) {
    gatherBatch(image);
#if ONE_BATCH
    decode1();
#end
#if SEVERAL_BATCHES
    decode0();
#end
#for q in 0..QUADS
#for j in 0..4
    correction[firstOfBatch + 4u * ${q} + ${j}] = sigma[${q}][${j}] - sketchedSigma(batchPoint(4u * ${q} + ${j}));
#end
#end
  }

  var worth: array<f32, SAMPLES>;
  var next = 0u; // the first place behind a step's middle
  var weightTotal = 0.0;
  var depthSum = 0.0;
  light = 1.0;
  let reach = REACH * params.boxSide / f32(GRID_SIDE);
  for (var i = 0u; i < lookedAt && light >= LEAST_LIGHT; i++) {
    let depth = start + (f32(i) + 0.5) * stepLength;
    while (next < SAMPLES && places[next] < depth) { next++; }
    let before = max(next, 1u) - 1u;
    let after = min(next, SAMPLES - 1u);
    let way = clamp((depth - places[before]) / max(places[after] - places[before], 1e-9), 0.0, 1.0);
    let beyond = max(max(places[before] - depth, depth - places[after]), 0.0);
    let corrected = sketched[i] + mix(correction[before], correction[after], way) * max(1.0 - beyond / reach, 0.0);
    let alpha = intervalAlpha(corrected, corrected, stepLength);
    let stepWeight = alpha * light;
    light = transmit(light, alpha);
    weightTotal += stepWeight;
    depthSum += stepWeight * depth;
    worth[before] += stepWeight * (1.0 - way);
    worth[after] += stepWeight * way;
  }

  for (firstOfBatch = 0u; firstOfBatch < SAMPLES && isNeeded(!isEmpty); firstOfBatch += BATCH_POINTS) {
#if SEVERAL_BATCHES
    gatherBatch(image);
    decode1();
#end
    for (var group = 0u; group < COLOUR_GROUPS; group++) {
      var sum = colourSum[group];
#for q in 0..QUADS
      let first${q} = firstOfBatch + 4u * ${q};
      sum += quadColours(${q}, group) * vec4f(worth[first${q}], worth[first${q} + 1u], worth[first${q} + 2u], worth[first${q} + 3u]);
#end
      colourSum[group] = sum;
    }
  }
  endRay(weightTotal, depthSum, start, end);
}
