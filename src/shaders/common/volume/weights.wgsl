// A matrix of the decoder's weights, which are the same for all threads: here each thread loads all of it. See weights-quad.wgsl.

fn findLane() {}

fn loadWeights(index: u32) -> mat4x4f {
  return decoder[index];
}

fn isNeeded(wanted: bool) -> bool {
  return wanted;
}
