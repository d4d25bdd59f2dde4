// A feature image's own picture without the background that it was rendered on: it has an alpha for every pixel, made by the same rays.
//
// Shapes    image [N, r, r, C], of which the first three channels are a picture in [-1, 1]; alpha of the same rays; picture [N, r, r, 4], red,
//           green and blue times alpha, and alpha, 0 to 1
// Layout    vec4f along the last axis
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      20 FLOPs and 48 bytes a ray

#include "common/each-element"
#include "common/pictures/told-alpha"
#include "common/pictures/unmix"
#param rays: u32 // of the whole batch
#param pictureVectors: u32 // vec4f from one pixel's channels to the next
#read image: array<vec4f>
#write picture: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  picture[ray] = withoutBackground(image[ray * params.pictureVectors].rgb, toldAlpha(ray));
}
