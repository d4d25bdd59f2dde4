// The picture so far (the "skip") of a StyleGAN2 block, to which a picture layer adds its own: as it is, or doubled in size by the filter
// [1, 3, 3, 1] x [1, 3, 3, 1] / 64 with gain 4.
//
// Shapes    skip [N, H, W, channels] (SKIP 1) or [N, H / 2, W / 2, channels] (SKIP 2). Its channels may lie in a wider tensor: `skipGroups` is its
//           own number of vectors a pixel

#const SKIP in 0..3 = 0 // 0 none, 1 as it is, 2 doubled in size
#storage SkipVector
#param height, width: u32 // of the output
#param skipGroups: u32
#read skip: array<SkipVector>

// The skip at half size, zero outside. Coordinates below zero have wrapped to large numbers.
fn skipTexel(sample: u32, y: u32, x: u32, group: u32) -> vec4f {
  let height = params.height / 2u;
  let width = params.width / 2u;
  let inside = y < height && x < width;
  let at = ((sample * height + min(y, height - 1u)) * width + min(x, width - 1u)) * params.skipGroups + group;
  return select(vec4f(0), fromSkipVector(skip[at]), inside);
}
