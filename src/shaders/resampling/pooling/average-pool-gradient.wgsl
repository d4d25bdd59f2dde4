// Gradient of average-pool.wgsl with respect to its input: each input pixel gathers from the windows that it is in, from each the share that it had.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the pooling's output; output [N, H, W, C].
// Layout    vec4f along channels; padding stays zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      a load of 16 bytes for each of the about (kernel / stride)^2 windows that a pixel is in: bound by memory.

#include "common/each-element"
#include "common/image-place"
#include "common/pooling-window"
#param countsPadding: u32 // as in the pooling
#read gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.height * params.width * params.groups) { return; }
  let place = imagePlace(index, params.height, params.width, params.groups);
  let takers = takersAt(place.row, place.column);

  var sum = vec4f(0);
  for (var row = takers.rows.first; row < takers.rows.end; row++) {
    for (var column = takers.columns.first; column < takers.columns.end; column++) {
      let window = windowAt(row, column);
      let inPicture = (window.rows.end - window.rows.first) * (window.columns.end - window.columns.first);
      let count = select(inPicture, params.kernel * params.kernel, params.countsPadding != 0u);
      sum += gradient[((place.sample * params.outHeight + row) * params.outWidth + column) * params.groups + place.group] / f32(count);
    }
  }
  output[index] = sum;
}
