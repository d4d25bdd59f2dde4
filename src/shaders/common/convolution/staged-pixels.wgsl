// Pixels as texels, for software adapters: from stage-input.wgsl, four channels a layer, with a border of zeros.

#param texelWidth, texelHeight: f32
#texture staged: texture_2d_array<f32>
#sampler nearest

fn stagedPixel(x: f32, y: f32, inGroup: u32) -> vec4f {
  return textureSampleLevel(staged, nearest, vec2f(x, y), inGroup, 0.0);
}
