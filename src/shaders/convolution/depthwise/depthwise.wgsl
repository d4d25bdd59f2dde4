// Depthwise convolution (correlation): every channel has a kernel of its own. Any kernel size, stride and zero padding or cropping.
//
// Shapes    input [N, H, W, C]; weight [kernelHeight, kernelWidth, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along C.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps FLOPs and, from the cache, 8 taps bytes an element: bound by memory.

#include "common/convolution/depthwise-geometry"
#include "common/each-element"
#include "common/image-place"
#read input, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let place = imagePlace(index, params.outHeight, params.outWidth, params.groups);
  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(place.row * params.stride + tapRow) - params.padTop;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(place.column * params.stride + tapColumn) - params.padLeft;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = ((place.sample * params.height + u32(y)) * params.width + u32(x)) * params.groups + place.group;
      sum += weight[(tapRow * params.kernelWidth + tapColumn) * params.groups + place.group] * input[pixel];
    }
  }
  output[index] = sum;
}
