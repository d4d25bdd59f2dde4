// Gradient of depthwise.wgsl with respect to its input: each input pixel gathers from the output pixels that have read it.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the convolution's output; weight [kernelHeight, kernelWidth, C]; output [N, H, W, C].
// Layout    vec4f along C.
// Dispatch  one thread per input pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps / stride^2 FLOPs an element: bound by memory.

#include "common/convolution/depthwise-geometry"
#include "common/each-element"
#include "common/image-place"
#read gradient, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.height * params.width * params.groups) { return; }
  let place = imagePlace(index, params.height, params.width, params.groups);
  let stride = i32(params.stride);
  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(place.row) + params.padTop - i32(tapRow); // of the output, times the stride
    if (y < 0 || y % stride != 0 || y / stride >= i32(params.outHeight)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(place.column) + params.padLeft - i32(tapColumn);
      if (x < 0 || x % stride != 0 || x / stride >= i32(params.outWidth)) { continue; }
      let pixel = ((place.sample * params.outHeight + u32(y / stride)) * params.outWidth + u32(x / stride)) * params.groups + place.group;
      sum += weight[(tapRow * params.kernelWidth + tapColumn) * params.groups + place.group] * gradient[pixel];
    }
  }
  output[index] = sum;
}
