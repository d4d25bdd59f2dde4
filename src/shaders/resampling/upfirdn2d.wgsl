// Upsample by zero insertion, pad or crop, filter, downsample (upfirdn; StyleGAN2 and StyleGAN3 resampling): the general and plain form.
//   zeros[i upY, j upX] = input[i, j];  output[y, x] = sum_t filter[t] * padded(zeros)[y downY + t.y, x downX + t.x]
// The host has already flipped the filter for a true convolution and multiplied it by the gain.
//
// Shapes    input [N, H, W, C]; filter [filterHeight, filterWidth]; output [N, outHeight, outWidth, C].
// Layout    vec4f along C; filter in single floats with a row stride.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps / (upX upY) FLOPs an output element.

#include "common/each-element"
#param batch, height, width, groups, outHeight, outWidth, filterHeight, filterWidth, filterStride, upX, upY: u32
#param downX, downY: u32
#param padLeft: i32 // negative crops
#param padTop: i32
#read input: array<vec4f>
#read filterTaps: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let group = index % params.groups;
  let column = index / params.groups % params.outWidth;
  let row = index / (params.groups * params.outWidth) % params.outHeight;
  let sample = index / (params.groups * params.outWidth * params.outHeight);

  let upX = i32(params.upX);
  let upY = i32(params.upY);
  let left = i32(column * params.downX) - params.padLeft;
  let top = i32(row * params.downY) - params.padTop;
  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.filterHeight; tapRow++) {
    let y = top + i32(tapRow); // in the zero-inserted image
    if (y < 0 || y % upY != 0 || y / upY >= i32(params.height)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.filterWidth; tapColumn++) {
      let x = left + i32(tapColumn);
      if (x < 0 || x % upX != 0 || x / upX >= i32(params.width)) { continue; }
      let pixel = (sample * params.height + u32(y / upY)) * params.width + u32(x / upX);
      sum += filterTaps[tapRow * params.filterStride + tapColumn] * input[pixel * params.groups + group];
    }
  }
  output[index] = sum;
}
