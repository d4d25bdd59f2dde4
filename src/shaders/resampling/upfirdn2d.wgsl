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
  // Only every upY-th tap of a column meets an input, and every upX-th of a row; between them are the inserted zeros.
  let firstRow = u32(((-top) % upY + upY) % upY);
  let firstColumn = u32(((-left) % upX + upX) % upX);
  var sum = vec4f(0);
  for (var tapRow = firstRow; tapRow < params.filterHeight; tapRow += params.upY) {
    let y = (top + i32(tapRow)) / upY;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var tapColumn = firstColumn; tapColumn < params.filterWidth; tapColumn += params.upX) {
      let x = (left + i32(tapColumn)) / upX;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = (sample * params.height + u32(y)) * params.width + u32(x);
      sum += filterTaps[tapRow * params.filterStride + tapColumn] * input[pixel * params.groups + group];
    }
  }
  output[index] = sum;
}
