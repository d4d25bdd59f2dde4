// Draws from piecewise constant distributions by inverting their cumulative distribution (NeRF section 5.2). Weight k belongs to the bin
// between bins k and k + 1; bins beyond the last weight are never reached.
//
// Shapes    bins [rows, B, 1]; weights [rows, K, 1], K < B; uniforms [rows, F]; drawn [rows, F, 1]
// Dispatch  one thread per drawn value, 64 per workgroup (linearIndex); each sums its row's weights again: the readable version
// Cost      4 K FLOPs and 32 K bytes (cached) a value
// Needs     common/linear-index, importance-step, sampling-mode, importance-uniform, random

struct Params {
  rows: u32,
  binCount: u32,
  weightCount: u32,
  fineSamples: u32,
  uniformStride: u32,
  seed: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bins: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read> uniforms: array<f32>;
@group(0) @binding(4) var<storage, read_write> drawn: array<vec4f>;

fn probability(row: u32, index: u32, total: f32) -> f32 {
  return (weights[row * params.weightCount + index].x + PDF_PADDING) / total;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.rows * params.fineSamples) { return; }
  let row = index / params.fineSamples;
  let u = uniformOf(row, index % params.fineSamples, params.fineSamples, params.uniformStride, params.seed);

  var total = 0.0;
  for (var k = 0u; k < params.weightCount; k++) { total += weights[row * params.weightCount + k].x + PDF_PADDING; }
  // The last knot whose cumulative probability does not exceed u.
  var knot = 0u;
  var cdfBelow = 0.0;
  var cdfAbove = probability(row, 0u, total);
  while (knot < params.weightCount && cdfAbove <= u) {
    knot++;
    cdfBelow = cdfAbove;
    if (knot < params.weightCount) { cdfAbove += probability(row, knot, total); }
  }
  let first = row * params.binCount + knot;
  let binBelow = bins[first].x;
  var binAbove = binBelow;
  if (knot < params.weightCount) { binAbove = bins[first + 1u].x; }
  drawn[index] = vec4f(invertWithinBin(u, cdfBelow, cdfAbove, binBelow, binAbove), 0, 0, 0);
}
