// Where a point falls on an axis-aligned plane: two of its three coordinates, in [-1, 1] inside the box.

#const PLANE_AXES: pairs

// `point` in units of half a box side. Returns u (along the width) and v (along the height).
fn projectOntoPlane(point: vec3f, plane: u32) -> vec2f {
  let axes = PLANE_AXES[plane];
  return vec2f(point[axes.x], point[axes.y]);
}
