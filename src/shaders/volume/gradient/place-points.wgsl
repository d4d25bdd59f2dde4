// Third step of the way back through the fused renderer: where the seen samples are in space, those of all rays one behind the other.
//
// Shapes    cameras [N, 25]; samples [rays, S + F, 4] from find-samples.wgsl; starts [rays + 1] from prefix-sums.wgsl; points [P, 3] in scene units
// Dispatch  one thread per ray from `firstRay` to `endRay` - 1, 64 per workgroup (each-element)
// Cost      32 bytes a sample

#include "common/each-element"
#include "common/volume/camera-ray"
#param firstRay, endRay, resolution, samplesPerRay: u32
#read samples: array<vec4f>
#read starts: array<u32>
#write points: array<vec4f>

fn element(row: u32) {
  if (params.firstRay + row >= params.endRay) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let ray = params.firstRay + row;
  let view = cameraRay(ray / raysPerImage, ray % raysPerImage, params.resolution);
  let start = starts[row];
  for (var i = start; i < starts[row + 1u]; i++) {
    points[i] = vec4f(view.origin + samples[row * params.samplesPerRay + i - start].x * view.direction, 0);
  }
}
