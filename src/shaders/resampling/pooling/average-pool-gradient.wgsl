// Gradient of average-pool.wgsl with respect to its input: each input pixel gathers from the windows that it is in, from each the share that it had.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the pooling's output; output [N, H, W, C].
// Layout    vec4f along channels; padding stays zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      a load of 16 bytes for each of the about (kernel / stride)^2 windows that a pixel is in: bound by memory.

#include "common/each-element"
#include "common/pooling-window"
#param batch, height, width, groups, outHeight, outWidth: u32
#param countsPadding: u32 // as in the pooling
#read gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.height * params.width * groups) { return; }
  let group = index % groups;
  let takerColumns = takersOf(index / groups % params.width, params.outWidth);
  let takerRows = takersOf(index / (groups * params.width) % params.height, params.outHeight);
  let sample = index / (groups * params.width * params.height);

  var sum = vec4f(0);
  for (var row = takerRows.first; row < takerRows.end; row++) {
    let rows = windowOf(row, params.height);
    for (var column = takerColumns.first; column < takerColumns.end; column++) {
      let columns = windowOf(column, params.width);
      let inPicture = (rows.end - rows.first) * (columns.end - columns.first);
      let count = select(inPicture, params.kernel * params.kernel, params.countsPadding != 0u);
      sum += gradient[((sample * params.outHeight + row) * params.outWidth + column) * groups + group] / f32(count);
    }
  }
  output[index] = sum;
}
