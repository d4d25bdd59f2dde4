// Densities as colours: a density shows as the light that a layer of it, THICKNESS scene units thick, absorbs, as the marcher counts it
// (common/volume/quadrature.wgsl). So the empty box is the colour map's first colour, and ever denser matter tends to the last.
//
// Shapes    sigma [..., 1], raw decoder outputs; colourMap [256, 3], 0 to 1; colours [..., 3], -1 to 1
// Layout    vec4f along the last axis
// Dispatch  one thread per value, 64 per workgroup (linearIndex)
// Memory    none in the workgroup
// Cost      20 FLOPs, a logarithm and 2 exponentials; 64 bytes a value
// Needs     common/linear-index, colour-map, quadrature

override THICKNESS: f32;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sigma: array<vec4f>;
@group(0) @binding(2) var<storage, read> colourMap: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> colours: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.count) { return; }
  let density = sigma[index].x;
  colours[index] = vec4f(2.0 * mappedColour(intervalAlpha(density, density, THICKNESS)) - 1.0, 0);
}
