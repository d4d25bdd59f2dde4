// The ray through a pixel's centre, from a camera label of 25 numbers: camera-to-world matrix (16, row by row; x right, y down,
// z forward) and normalised intrinsics (9, row by row: focal lengths, skew and principal point in units of the picture's side).
//
// Shapes    cameras [N, 25], each label padded to 7 vec4f

#read cameras: array<vec4f>

struct Ray {
  origin: vec3f,
  direction: vec3f, // of unit length, so that a depth is a distance
}

const LABEL_VECTORS = 7u;

// `pixel` counts row by row.
fn cameraRay(camera: u32, pixel: u32, resolution: u32) -> Ray {
  let label = camera * LABEL_VECTORS;
  let toWorldX = cameras[label];
  let toWorldY = cameras[label + 1u];
  let toWorldZ = cameras[label + 2u];
  let focalX = cameras[label + 4u].x;
  let skew = cameras[label + 4u].y;
  let focalY = cameras[label + 5u].x;
  let centre = vec2f(cameras[label + 4u].z, cameras[label + 5u].y);

  let position = (vec2f(f32(pixel % resolution), f32(pixel / resolution)) + 0.5) / f32(resolution);
  let y = (position.y - centre.y) / focalY;
  let x = (position.x - centre.x - skew * y) / focalX;
  let inCamera = vec3f(x, y, 1.0);
  let direction = vec3f(dot(toWorldX.xyz, inCamera), dot(toWorldY.xyz, inCamera), dot(toWorldZ.xyz, inCamera));
  return Ray(vec3f(toWorldX.w, toWorldY.w, toWorldZ.w), normalize(direction));
}
