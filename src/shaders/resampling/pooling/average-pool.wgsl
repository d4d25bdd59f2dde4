// Average pooling: the mean of each window.
//
// Shapes    input [N, H, W, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along channels; padding stays zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      a load of 16 bytes and 4 FLOPs a pixel of the window: bound by memory.

#include "common/each-element"
#include "common/image-place"
#include "common/pooling-window"
#param countsPadding: u32 // whether a window at the edge is divided by all its places, or by those in the picture
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let place = imagePlace(index, params.outHeight, params.outWidth, params.groups);
  let window = windowAt(place.row, place.column);

  var sum = vec4f(0);
  for (var y = window.rows.first; y < window.rows.end; y++) {
    for (var x = window.columns.first; x < window.columns.end; x++) {
      sum += input[((place.sample * params.height + y) * params.width + x) * params.groups + place.group];
    }
  }
  let inPicture = (window.rows.end - window.rows.first) * (window.columns.end - window.columns.first);
  output[index] = sum / f32(select(inPicture, params.kernel * params.kernel, params.countsPadding != 0u));
}
