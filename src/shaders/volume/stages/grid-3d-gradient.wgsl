// The way back through grid-3d.wgsl to the grid: each cell looks through all points for those that it is a corner of. The readable version, for grids and
// lists of points as small as tests have; what many points do to a large one is in scatter/.
//
// Shapes    points [N, M, 3]; gradient [N, M, C]; output [N or 1, D, H, W, C]
// Dispatch  one thread per cell and group of four channels, 64 per workgroup (each-element)
// Cost      16 bytes of (cached) reads and 20 FLOPs for every point, and 8 C FLOPs for those nearby

#include "common/each-element"
#include "common/volume/grid-corner"
#param samples: u32 // N
#param points: u32 // M
#param gridSamples: u32 // N, or 1 for a grid that all samples share
#param groups: u32 // vec4f of a cell
#read points, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let cells = params.depth * params.height * params.width;
  if (index >= params.gridSamples * cells * params.groups) { return; }
  let group = index % params.groups;
  let row = index / params.groups;
  let cell = row % cells;
  let at = vec3i(vec3u(cell % params.width, cell / params.width % params.height, cell / params.width / params.height));
  let gridSample = row / cells;
  let first = gridSample * params.points;
  let end = select(first + params.points, params.samples * params.points, params.gridSamples == 1u);
  var sum = vec4f(0);
  for (var point = first; point < end; point++) {
    let place = gridPlace(points[point].xyz);
    let offset = at - place.low;
    if (any(offset < vec3i(0)) || any(offset > vec3i(1))) { continue; }
    let share = select(1.0 - place.fraction, place.fraction, offset == vec3i(1));
    sum += gradient[point * params.groups + group] * (share.x * share.y * share.z);
  }
  output[index] = sum;
}
