// Ray generation (EG3D's ray sampler): one ray through the centre of each pixel of each camera.
//
// Shapes    cameras [N, 25]; origins, directions [N, R, 3], R = resolution^2, row by row; directions of unit length
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: about 30 FLOPs and 32 bytes a ray.

#include "common/each-element"
#include "common/volume/camera-ray"
#param rays: u32 // of the whole batch
#param resolution: u32
#write origins, directions: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let view = cameraRay(ray / raysPerImage, ray % raysPerImage, params.resolution);
  origins[ray] = vec4f(view.origin, 0);
  directions[ray] = vec4f(view.direction, 0);
}
