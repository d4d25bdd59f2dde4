// The colour of a picture where a head is solid, ray by ray: first step of cutting the head out (pipelines/pictures/cut-out.ts).
//
// Shapes    image [N, S, S, C], of which the first three channels are a picture; alpha [N, r, r]; colours [N, r, r, 4]: the mean over the pixels
//           of a ray and 1, or zeros where the ray is not solid
// Layout    vec4f along the last axis
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      the picture is read once: (S / r)^2 vectors of 16 bytes a ray

#include "common/each-element"
#include "common/pictures/told-alpha"
#param rays: u32 // of the whole batch
#param side: u32 // r
#param pictureSide: u32 // S
#param pictureVectors: u32 // vec4f from one pixel's channels to the next
#read image: array<vec4f>
#write colours: array<vec4f>

const SOLID = 0.98;

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  colours[ray] = vec4f(0);
  if (toldAlpha(ray) <= SOLID) { return; }
  let sample = ray / (params.side * params.side);
  let place = vec2u(ray % params.side, ray / params.side % params.side);
  let first = place * params.pictureSide / params.side;
  let end = max(first + 1u, (place + 1u) * params.pictureSide / params.side);
  var sum = vec3f(0);
  for (var y = first.y; y < end.y; y++) {
    for (var x = first.x; x < end.x; x++) {
      sum += image[((sample * params.pictureSide + y) * params.pictureSide + x) * params.pictureVectors].rgb;
    }
  }
  let count = (end - first).x * (end - first).y;
  colours[ray] = vec4f(sum / f32(count), 1);
}
