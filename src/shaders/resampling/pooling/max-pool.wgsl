// Max pooling, seen as a linear map whose places a reference decides on: of each window the number at the place where the reference has its maximum,
// the first in the order of rows where there are several. With the input as its own reference this is max pooling.
//
// Shapes    input, reference [N, H, W, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along channels; padding stays zero. Each of the four channels has a place of its own.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 loads of 16 bytes a pixel of the window, the second of what is mostly cached: bound by memory.

#include "common/each-element"
#include "common/image-place"
#include "common/pooling-window"
#read input, reference: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let place = imagePlace(index, params.outHeight, params.outWidth, params.groups);
  let window = windowAt(place.row, place.column);

  let firstPixel = (place.sample * params.height + window.rows.first) * params.width + window.columns.first;
  var largest = reference[firstPixel * params.groups + place.group];
  var picked = input[firstPixel * params.groups + place.group];
  for (var y = window.rows.first; y < window.rows.end; y++) {
    for (var x = window.columns.first; x < window.columns.end; x++) {
      let at = ((place.sample * params.height + y) * params.width + x) * params.groups + place.group;
      let isLarger = reference[at] > largest;
      largest = select(largest, reference[at], isLarger);
      picked = select(picked, input[at], isLarger);
    }
  }
  output[index] = picked;
}
