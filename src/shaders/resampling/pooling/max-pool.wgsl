// Max pooling, seen as a linear map whose places a reference decides on: of each window the number at the place where the reference has its maximum,
// the first in the order of rows where there are several. With the input as its own reference this is max pooling.
//
// Shapes    input, reference [N, H, W, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along channels; padding stays zero. Each of the four channels has a place of its own.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 loads of 16 bytes a pixel of the window, the second of what is mostly cached: bound by memory.

#include "common/each-element"
#include "common/pooling-window"
#param batch, height, width, groups, outHeight, outWidth: u32
#read input, reference: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.outHeight * params.outWidth * groups) { return; }
  let group = index % groups;
  let columns = windowOf(index / groups % params.outWidth, params.width);
  let rows = windowOf(index / (groups * params.outWidth) % params.outHeight, params.height);
  let sample = index / (groups * params.outWidth * params.outHeight);

  let firstPixel = (sample * params.height + rows.first) * params.width + columns.first;
  var largest = reference[firstPixel * groups + group];
  var picked = input[firstPixel * groups + group];
  for (var y = rows.first; y < rows.end; y++) {
    for (var x = columns.first; x < columns.end; x++) {
      let at = ((sample * params.height + y) * params.width + x) * groups + group;
      let isLarger = reference[at] > largest;
      largest = select(largest, reference[at], isLarger);
      picked = select(picked, input[at], isLarger);
    }
  }
  output[index] = picked;
}
