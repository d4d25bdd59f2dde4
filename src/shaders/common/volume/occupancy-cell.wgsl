// The grid that tells where a scene has anything: which cell a point is in. Cells run along x first, then y, then z.

#param gridSide: u32
#param boxSide: f32

fn occupancyCell(point: vec3f) -> u32 {
  let place = (point / params.boxSide + 0.5) * f32(params.gridSide);
  let cell = vec3u(clamp(place, vec3f(0), vec3f(f32(params.gridSide) - 0.5)));
  return (cell.z * params.gridSide + cell.y) * params.gridSide + cell.x;
}
