// Average pooling: the mean of each window.
//
// Shapes    input [N, H, W, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along channels; padding stays zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      a load of 16 bytes and 4 FLOPs a pixel of the window: bound by memory.

#include "common/each-element"
#include "common/pooling-window"
#param batch, height, width, groups, outHeight, outWidth: u32
#param countsPadding: u32 // whether a window at the edge is divided by all its places, or by those in the picture
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.outHeight * params.outWidth * groups) { return; }
  let group = index % groups;
  let columns = windowOf(index / groups % params.outWidth, params.width);
  let rows = windowOf(index / (groups * params.outWidth) % params.outHeight, params.height);
  let sample = index / (groups * params.outWidth * params.outHeight);

  var sum = vec4f(0);
  for (var y = rows.first; y < rows.end; y++) {
    for (var x = columns.first; x < columns.end; x++) {
      sum += input[((sample * params.height + y) * params.width + x) * groups + group];
    }
  }
  let inPicture = (rows.end - rows.first) * (columns.end - columns.first);
  output[index] = sum / f32(select(inPicture, params.kernel * params.kernel, params.countsPadding != 0u));
}
