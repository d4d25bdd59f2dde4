// The way back through grid-3d.wgsl to the points: the slope of the trilinear function over the cells that a point is between.
//
// Shapes    grid [N or 1, D, H, W, C]; points, output [N, M, 3]; gradient [N, M, C]
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      16 C FLOPs and 36 C bytes of reads a point

#include "common/each-element"
#include "common/volume/grid-corner"
#param samples: u32 // N
#param points: u32 // M
#param gridSamples: u32 // N, or 1 for a grid that all samples share
#param groups: u32 // vec4f of a cell
#read grid, points, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * params.points) { return; }
  let place = gridPlace(points[index].xyz);
  let gridSample = min(index / params.points, params.gridSamples - 1u);
  var ofCells = vec3f(0);
  for (var corner = 0u; corner < 8u; corner++) {
    let offset = cornerOffset(corner);
    let at = place.low + offset;
    if (!isInGrid(at)) { continue; }
    let row = gridRow(gridSample, at) * params.groups;
    var along = 0.0;
    for (var group = 0u; group < params.groups; group++) { along += dot(grid[row + group], gradient[index * params.groups + group]); }
    let share = select(1.0 - place.fraction, place.fraction, offset == vec3i(1));
    ofCells += along * vec3f(2 * offset - 1) * share.yzx * share.zxy;
  }
  output[index] = vec4f(ofCells * vec3f(gridExtents()) / params.boxSide, 0);
}
