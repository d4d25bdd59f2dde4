// Features of four points from the planes as a texture (plane-texture.wgsl), through the device's filter: one read for each four channels of a
// plane. Zeros around the texture and a sampler clamped to its edge make all beyond it zero.

#include "common/volume/plane-project"
#const FEATURE_GROUPS
#const PLANE_COUNT
#param planeHeight, planeWidth: u32
#texture planes: texture_2d_array<f32>
#sampler filtered

// From half a box side to the texture's width and height. Texel (u + 1) / 2 size - 1/2 of a plane is the next one of the texture.
fn placeInTexture(uv: vec2f) -> vec2f {
  let size = vec2f(f32(params.planeWidth), f32(params.planeHeight));
  return (0.5 * size * (uv + 1.0) + 1.0) / (size + 2.0);
}

fn gatherQuad(first: u32, image: u32) {
#for j in 0..4
  let point${j} = batchPoint(first + ${j});
#end
#for p in 0..PLANE_COUNT
  let layer_${p} = (image * PLANE_COUNT + ${p}) * FEATURE_GROUPS;
#for j in 0..4
  let place_${p}_${j} = placeInTexture(projectOntoPlane(point${j}, ${p}));
#end
#end
#for g in 0..FEATURE_GROUPS
  gathered[${g}] = mat4x4f(
#for j in 0..4
#for p in 0..PLANE_COUNT
    textureSampleLevel(planes, filtered, place_${p}_${j}, layer_${p} + ${g}, 0.0) +
#end
    vec4f(0),
#end
  ) * (1.0 / f32(PLANE_COUNT));
#end
}
