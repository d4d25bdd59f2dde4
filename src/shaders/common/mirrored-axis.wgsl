// An axis of a picture that goes on in its mirror for ever (resampling/mirrored-affine.wgsl and its gradient). The mirrors stand on the first and the
// last pixel, so from one to the other is a tile, every second one turned round, and a pixel between them has a copy in each tile.

// The place in the picture that is seen at `at`, 0 to size - 1.
fn mirrored(at: f32, size: u32) -> f32 {
  let last = f32(size - 1u);
  let phase = at - 2.0 * last * floor(at / (2.0 * last));
  return clamp(last - abs(phase - last), 0.0, last);
}

// Where the copy of a pixel in a tile lies.
fn copyIn(tile: i32, pixel: u32, size: u32) -> f32 {
  let last = i32(size) - 1;
  let inTile = select(i32(pixel), last - i32(pixel), (tile & 1) != 0);
  return f32(tile * last + inTile);
}

// Whether a pixel counts in a tile: the outermost are shared by two tiles.
fn isOwn(tile: i32, pixel: u32, size: u32) -> bool {
  return (tile & 1) == 0 || (pixel > 0u && pixel + 1u < size);
}
