// The alpha of a ray, which the renderers tell in different ways: as a picture of its own, or in a channel of the feature image.

#param alphaVectors: u32 // vec4f from one ray's channels to the next
#param alphaChannel: u32 // that tells it
#param alphaScale, alphaOffset: f32 // alpha = offset + scale * channel
#read alpha: array<vec4f>

fn toldAlpha(ray: u32) -> f32 {
  let told = alpha[ray * params.alphaVectors + params.alphaChannel / 4u][params.alphaChannel % 4u];
  return clamp(params.alphaOffset + params.alphaScale * told, 0.0, 1.0);
}
