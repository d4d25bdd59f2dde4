// Surface normals from a depth image: the cross product of the directions in which the surface goes on to the right and downwards.
//
// A neighbour on both sides gives a central difference. Where the depth jumps on one side only, as at the edge of a nose, the difference to
// the other side is taken, or the nose would grow into the cheek. A jump is more than twice the other side's change and a pixel's width.
// A lone neighbour is taken as it is.
//
// Shapes    cameras [N, 25]; depth, alpha [N, R, R, 1]; normals [N, R, R, 4]: in world axes, of unit length, towards the camera, or zero where
//           alpha is below 0.5 or all neighbours along one axis are; and alpha
// Layout    vec4f along the last axis
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      5 rays of 30 FLOPs and 60 more; 10 (cached) reads and one write of 16 bytes a ray

#include "common/each-element"
#include "common/volume/camera-ray"
#param rays: u32 // of the whole batch
#param resolution: u32
#read depth, alpha: array<vec4f>
#write normals: array<vec4f>

const LEAST_ALPHA = 0.5;
const LARGEST_RATIO = 2.0;

struct SurfacePoint {
  position: vec3f,
  direction: vec3f, // of the ray
  depth: f32,
  exists: bool,
}

fn surfacePoint(camera: u32, place: vec2i) -> SurfacePoint {
  let resolution = i32(params.resolution);
  if (any(place < vec2i(0)) || any(place >= vec2i(resolution))) { return SurfacePoint(vec3f(0), vec3f(0), 0, false); }
  let pixel = u32(place.y * resolution + place.x);
  let index = camera * params.resolution * params.resolution + pixel;
  if (alpha[index].x < LEAST_ALPHA) { return SurfacePoint(vec3f(0), vec3f(0), 0, false); }
  let view = cameraRay(camera, pixel, params.resolution);
  let range = depth[index].x;
  return SurfacePoint(view.origin + range * view.direction, view.direction, range, true);
}

// The way from pixel to pixel along the surface; zero if there is no neighbour on either side.
fn tangent(centre: SurfacePoint, camera: u32, place: vec2i, step: vec2i) -> vec3f {
  let before = surfacePoint(camera, place - step);
  let after = surfacePoint(camera, place + step);
  if (!before.exists && !after.exists) { return vec3f(0); }
  let changeBefore = abs(centre.depth - before.depth);
  let changeAfter = abs(after.depth - centre.depth);
  let smaller = min(changeBefore, changeAfter);
  let pixelWidth = centre.depth * distance(centre.direction, after.direction);
  let isSmooth = max(changeBefore, changeAfter) <= LARGEST_RATIO * smaller + pixelWidth;
  if (before.exists && after.exists && isSmooth) { return 0.5 * (after.position - before.position); }
  if (after.exists && (!before.exists || changeAfter < changeBefore)) { return after.position - centre.position; }
  return centre.position - before.position;
}

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let camera = ray / raysPerImage;
  let pixel = ray % raysPerImage;
  let place = vec2i(i32(pixel % params.resolution), i32(pixel / params.resolution));
  let opacity = alpha[ray].x;
  normals[ray] = vec4f(0, 0, 0, opacity);
  let centre = surfacePoint(camera, place);
  if (!centre.exists) { return; }
  let across = cross(tangent(centre, camera, place, vec2i(1, 0)), tangent(centre, camera, place, vec2i(0, 1)));
  let size = length(across);
  if (size == 0.0) { return; }
  let normal = across / size;
  normals[ray] = vec4f(select(normal, -normal, dot(normal, centre.direction) > 0.0), opacity);
}
