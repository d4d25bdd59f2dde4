// The first layer of the decoder on a side of a density grid. That layer is linear, and at the points of a grid each plane is read at N x N
// places only: what a plane adds to the hidden units is computed here once a place, and density-grid.wgsl adds it up for all N^3 voxels.
//
// Planes that read the same two coordinates, in either order, share a side: there are three of them, (x, y), (x, z) and (y, z), and each is
// named by the axis that it leaves out. A plane that reads one coordinate twice goes with the last side that has it.
//
// Shapes    planes [1, H, W, PLANE_COUNT * C]; hidden [HIDDEN_GROUPS, rows, N, 4]: W1 features / PLANE_COUNT, without bias; zero for
//           a side that has no planes. Columns are voxels along the side's first axis; rows, from `firstGridRow` on, along its second.
// Layout    hidden units in groups of four, so that neighbouring threads write neighbouring vectors
// Dispatch  one thread per place of the rows `firstRow` to `endRow - 1` of `hidden`, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      32-64, a place: 4.1 kFLOP and 256 bytes written, and for each of its planes 256 FLOPs and 512 bytes of (cached) reads

#include "common/each-element"
#include "common/volume/decoder"
#include "common/volume/plane-project"
#include "common/volume/tri-plane-sample"
#param leftOutAxis: u32 // 2 for the side (x, y), 1 for (x, z), 0 for (y, z)
#param resolution: u32 // N
#param rows, firstRow, endRow, firstGridRow, planeWidth, planeHeight: u32
#write hidden: array<vec4f>

// Of the voxels' centres, in units of half a box side. The coordinate along the axis that is left out does not matter.
fn placeOnSide(column: u32, row: u32) -> vec3f {
  let place = (2.0 * vec2f(f32(column), f32(row)) + 1.0) / f32(params.resolution) - 1.0;
  switch params.leftOutAxis {
    case 0u: { return vec3f(0, place); }
    case 1u: { return vec3f(place.x, 0, place.y); }
    default: { return vec3f(place, 0); }
  }
}

fn leftOutAxis(plane: u32) -> u32 {
  let axes = PLANE_AXES[plane];
  if (all(axes != vec2u(2))) { return 2u; }
  return select(0u, 1u, all(axes != vec2u(1)));
}

fn element(place: u32) {
  let index = params.firstRow * params.resolution + place;
  if (index >= params.endRow * params.resolution) { return; }
  let point = placeOnSide(index % params.resolution, params.firstGridRow + index / params.resolution);
  var features: PointFeatures;
  var isEmpty = true;
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    if (leftOutAxis(plane) != params.leftOutAxis) { continue; }
    isEmpty = false;
    let corners = bilinearCorners(projectOntoPlane(point, plane), 0, params.planeWidth, params.planeHeight);
    for (var group = 0u; group < FEATURE_GROUPS; group++) {
      features[group] += sampleCorners(corners, plane * FEATURE_GROUPS + group) * (1.0 / f32(PLANE_COUNT));
    }
  }
  for (var hiddenGroup = 0u; hiddenGroup < HIDDEN_GROUPS; hiddenGroup++) {
    let first = hiddenGroup * HIDDEN_GROUP_MATRICES;
    var sum = vec4f(0);
    for (var group = 0u; group < FEATURE_GROUPS && !isEmpty; group++) { sum += decoder[first + group] * features[group]; }
    hidden[hiddenGroup * params.rows * params.resolution + index] = sum;
  }
}
