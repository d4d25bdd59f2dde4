// Which point of the box a picture of a plane shows at a pixel. A plane at right angles to an axis is seen from that axis's positive end:
// from the front (z: x to the right, y up), from above (y: x to the right, the face downwards, so z down), and from the side (x: y up, the
// face to the left, so z to the left).

// Of the pixel's centre, in units of half a box side. `axis` is 0 (x), 1 (y) or 2 (z); `position` is the point's coordinate along it.
fn slicePoint(axis: u32, pixel: u32, resolution: u32, position: f32) -> vec3f {
  let place = 2.0 * (vec2f(f32(pixel % resolution), f32(pixel / resolution)) + 0.5) / f32(resolution) - 1.0;
  switch axis {
    case 0u: { return vec3f(position, -place.y, -place.x); }
    case 1u: { return vec3f(place.x, position, place.y); }
    default: { return vec3f(place.x, -place.y, position); }
  }
}
