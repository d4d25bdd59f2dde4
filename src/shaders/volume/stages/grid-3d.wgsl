// Trilinear samples of a dense grid, `grid_sample` style: x runs along the width, y the height, z the depth of a box around the origin; each value outside
// counts as zero.
//
// Shapes    grid [N or 1, D, H, W, C]; points [N, M, 3]; output [N, M, C]
// Layout    vec4f along C
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      16 C FLOPs and 32 C bytes of reads a point

#include "common/each-element"
#include "common/volume/grid-corner"
#param samples: u32 // N
#param points: u32 // M
#param gridSamples: u32 // N, or 1 for a grid that all samples share
#param groups: u32 // vec4f of a cell
#read grid, points: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * params.points) { return; }
  let place = gridPlace(points[index].xyz);
  let gridSample = min(index / params.points, params.gridSamples - 1u);
  for (var group = 0u; group < params.groups; group++) {
    var sum = vec4f(0);
    for (var corner = 0u; corner < 8u; corner++) {
      let offset = cornerOffset(corner);
      let at = place.low + offset;
      if (!isInGrid(at)) { continue; }
      let share = select(1.0 - place.fraction, place.fraction, offset == vec3i(1));
      sum += grid[gridRow(gridSample, at) * params.groups + group] * (share.x * share.y * share.z);
    }
    output[index * params.groups + group] = sum;
  }
}
