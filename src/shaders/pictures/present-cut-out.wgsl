// Shows a picture with alpha on a canvas, over its background or over nothing: letterboxed in its region, enlarged or shrunk smoothly. A
// render pipeline: one triangle covers the canvas.
//
// Shapes    image [N, H, W, 4]: red, green and blue times alpha, and alpha. The first image of a batch is shown. (Premultiplied, since only then
//           the filter gives a pixel no colour of pixels that are not there.)
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas inside the scissor rectangle
// Cost      one filtered place a pixel (common/pictures/picture-filter.wgsl): enlarged, 16 texels of 16 bytes (cached) and 140 FLOPs

#include "common/pictures/picture-filter"
#include "common/pictures/present"
#read image: array<vec4f>

alias Texel = vec4f;

fn texel(pixel: u32) -> Texel {
  return image[pixel];
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return background(); }
  return overBackground(filtered(place));
}
