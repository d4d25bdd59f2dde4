// The inner step of all matrix products with shared memory: eight pixels times four output channels in registers. A thread holds two of these,
// 64 sums, so that 16 vectors from shared memory (eight pixels, two 4 x 4 blocks of weights) serve 256 multiply-adds.
//
// Products are added to the sum one by one, from left to right: compilers make of that four multiply-adds, but of sum + matrix * vector a
// multiplication, three multiply-adds and an addition.

struct EightSums {
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
  p4: vec4f,
  p5: vec4f,
  p6: vec4f,
  p7: vec4f,
}

// Weights from four input channels to four output channels: a vector for each input channel.
struct Block {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

fn addProduct(sum: vec4f, block: Block, pixel: vec4f) -> vec4f {
  return sum + block.x * pixel.x + block.y * pixel.y + block.z * pixel.z + block.w * pixel.w;
}

fn addProducts(
  sums: EightSums, block: Block,
  p0: vec4f, p1: vec4f, p2: vec4f, p3: vec4f, p4: vec4f, p5: vec4f, p6: vec4f, p7: vec4f,
) -> EightSums {
  return EightSums(
    addProduct(sums.p0, block, p0), addProduct(sums.p1, block, p1),
    addProduct(sums.p2, block, p2), addProduct(sums.p3, block, p3),
    addProduct(sums.p4, block, p4), addProduct(sums.p5, block, p5),
    addProduct(sums.p6, block, p6), addProduct(sums.p7, block, p7),
  );
}
