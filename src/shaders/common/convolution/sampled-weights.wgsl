// Weights of a convolution as texels, for software adapters (conv3x3-sampled.wgsl says why). A thread makes 4 GROUPS output channels: a block.
//
// Shapes    weight: one layer; row `block * inputGroups + inGroup` has for each tap, group and output channel the weights of the four input channels

#const KERNEL_SIDE
#const GROUPS
#param inputGroups: u32
#param weightTexelHeight: f32
#texture weight: texture_2d_array<f32>
#sampler nearest

// The row of a block and of four input channels.
fn weightRow(block: u32, inGroup: u32) -> f32 {
  return (f32(block * params.inputGroups + inGroup) + 0.5) * params.weightTexelHeight;
}

fn weightTexel(place: f32, y: f32) -> vec4f {
  return textureSampleLevel(weight, nearest, vec2f(place / ${4 * KERNEL_SIDE * KERNEL_SIDE * GROUPS}.0, y), 0u, 0.0);
}
