// Shows on a canvas where a second picture is brighter or darker than a first: letterboxed in its region, enlarged or shrunk smoothly. A
// render pipeline: one triangle covers the canvas.
//
// The difference is that of the luma: the weights of luminance in Recommendation ITU-R BT.709 applied to the values as they are stored,
// as monitors are measured and as SSIM takes them, not to linear light. Values a screen would cut off are cut off before.
//
// Shapes    first and second [N, H, W, C], of which the first three channels are a picture in [-1, 1]; colourMap [256, 3], whose ends
//           stand for differences of -range and range. The first image of a batch is shown
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas inside the scissor rectangle
// Cost      one filtered place a pixel (common/pictures/picture-filter.wgsl): enlarged, 32 texels of 16 bytes (cached) and 350 FLOPs; 2 colours

#include "common/pictures/colour-map"
#include "common/pictures/picture-filter"
#include "common/pictures/present"
#read first, second: array<vec4f>

const LUMA = vec3f(0.2126, 0.7152, 0.0722);

fn onScreen(colour: vec3f) -> vec3f {
  return clamp(colour, vec3f(-1), vec3f(1));
}

alias Texel = vec3f;

fn texel(pixel: u32) -> Texel {
  let index = pixel * params.texelVectors;
  return onScreen(second[index].rgb) - onScreen(first[index].rgb);
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return background(); }
  let difference = dot(filtered(place), LUMA);
  return vec4f(mappedColour(0.5 + 0.5 * difference / max(params.range, 1e-6)), 1);
}
