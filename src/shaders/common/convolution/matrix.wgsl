// Weights as matrices, in the layout of the direct kernels: output channels lie side by side, four a vector.
//
// Layout    weight: input channels one after the other, `groups` vectors of output channels each (f32 or f16)

#storage WeightVector
#read weight: array<WeightVector>

// From four input channels, the first of them at `at`, to four output channels.
fn loadMatrix(at: u32, groups: u32) -> mat4x4f {
  return mat4x4f(
    fromWeightVector(weight[at]), fromWeightVector(weight[at + groups]),
    fromWeightVector(weight[at + 2u * groups]), fromWeightVector(weight[at + 3u * groups]),
  );
}
