// The values of a grid that a point is between: `grid_sample` style, the box around the origin that the grid fills is made of whole cells, with their values
// in the middle (align_corners=False).

#param depth, height, width: u32
#param boxSide: f32

struct GridPlace {
  low: vec3i,
  fraction: vec3f,
}

fn gridExtents() -> vec3i {
  return vec3i(vec3u(params.width, params.height, params.depth));
}

fn gridPlace(point: vec3f) -> GridPlace {
  let size = vec3f(gridExtents());
  let cell = clamp((point * (2.0 / params.boxSide) + 1.0) * 0.5 * size - 0.5, vec3f(-2), size + 1.0);
  let low = floor(cell);
  return GridPlace(vec3i(low), cell - low);
}

// Of the eight corners: 1 on the axes on which it is the higher one.
fn cornerOffset(corner: u32) -> vec3i {
  return vec3i((vec3u(corner) >> vec3u(0, 1, 2)) & vec3u(1));
}

fn isInGrid(at: vec3i) -> bool {
  return all(at >= vec3i(0)) && all(at < gridExtents());
}

fn gridRow(gridSample: u32, at: vec3i) -> u32 {
  let place = vec3u(at);
  return ((gridSample * params.depth + place.z) * params.height + place.y) * params.width + place.x;
}
