// Which pixels a bilinear resize mixes into one, along one axis (resampling/resize-bilinear.wgsl), for it and for its gradient.

#const ANTIALIAS: bool = 0

// The input pixels that an output pixel mixes along one axis.
struct Window {
  first: i32,
  end: i32,
  centre: f32, // in input pixel indices
  inverseWidth: f32, // of the triangle
}

// `scale` is in input pixels per output pixel, `size` in input pixels.
fn windowAt(index: u32, scale: f32, size: u32) -> Window {
  let last = i32(size) - 1;
  if (ANTIALIAS) {
    let support = max(scale, 1.0);
    let centre = (f32(index) + 0.5) * scale;
    let first = max(i32(centre - support + 0.5), 0);
    let end = min(i32(centre + support + 0.5), i32(size));
    return Window(first, end, centre - 0.5, 1.0 / support);
  }
  let centre = clamp((f32(index) + 0.5) * scale - 0.5, 0.0, f32(last));
  let first = i32(centre);
  return Window(first, min(first + 2, i32(size)), centre, 1.0);
}

fn triangle(window: Window, at: i32) -> f32 {
  return max(0.0, 1.0 - abs(f32(at) - window.centre) * window.inverseWidth);
}
