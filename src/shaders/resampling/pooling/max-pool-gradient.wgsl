// Gradient of max-pool.wgsl with respect to its input: each input pixel gathers from the windows in which the reference has its first maximum there.
// The maxima are found again, so that the forward kernel need not write down their places; no two threads write to one place, and the order of
// additions is always the same.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the pooling's output; reference, output [N, H, W, C].
// Layout    vec4f along channels; padding stays zero, as that of the gradient is zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      kernel^2 + 1 loads of 16 bytes for each of the about (kernel / stride)^2 windows that a pixel is in, mostly cached.

#include "common/each-element"
#include "common/image-place"
#include "common/pooling-window"
#read gradient, reference: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.height * params.width * params.groups) { return; }
  let place = imagePlace(index, params.height, params.width, params.groups);
  let own = reference[index];
  let takers = takersAt(place.row, place.column);

  var sum = vec4f(0);
  for (var takerRow = takers.rows.first; takerRow < takers.rows.end; takerRow++) {
    let rows = windowOf(takerRow, params.height);
    for (var takerColumn = takers.columns.first; takerColumn < takers.columns.end; takerColumn++) {
      let columns = windowOf(takerColumn, params.width);
      var isFirstMaximum = vec4<bool>(true);
      for (var y = rows.first; y < rows.end; y++) {
        for (var x = columns.first; x < columns.end; x++) {
          let other = reference[((place.sample * params.height + y) * params.width + x) * params.groups + place.group];
          let isEarlier = y < place.row || (y == place.row && x < place.column);
          isFirstMaximum &= select(other <= own, other < own, isEarlier);
        }
      }
      let taker = (place.sample * params.outHeight + takerRow) * params.outWidth + takerColumn;
      sum += select(vec4f(0), gradient[taker * params.groups + place.group], isFirstMaximum);
    }
  }
  output[index] = sum;
}
