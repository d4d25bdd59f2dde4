// Shows a picture on a canvas: letterboxed in its region, enlarged or shrunk smoothly. A render pipeline: one triangle covers the canvas.
//
// Shapes    image [N, H, W, C], of which the first three channels are a picture in [-1, 1]. The first image of a batch is shown
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas inside the scissor rectangle
// Cost      one filtered place a pixel (common/pictures/picture-filter.wgsl): enlarged, 16 texels of 16 bytes (cached) and 120 FLOPs

#include "common/pictures/picture-filter"
#include "common/pictures/present"
#read image: array<vec4f>

alias Texel = vec3f;

fn texel(pixel: u32) -> Texel {
  return image[pixel * params.texelVectors].rgb;
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return background(); }
  return vec4f(clamp(filtered(place) * 0.5 + 0.5, vec3f(0), vec3f(1)), 1);
}
