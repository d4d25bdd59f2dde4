// Sums of squares for the demodulation (StyleGAN2 equation 3): Q[i, o] = sum over taps of w[o, i]^2.
//
// Shapes    weight [outChannels, inChannels, taps] in the file's order; squares [inPadded, outChannels].
// Layout    weight in single floats; squares vec4f along outChannels.
// Dispatch  one thread per input channel and four output channels (eachElement).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 4 bytes a weight: bound by memory.

#include "common/each-element"
#param inChannels, outChannels, taps: u32
#read weight: array<f32>
#write squares: array<vec4f>

fn element(index: u32) {
  let groups = (params.outChannels + 3u) / 4u;
  let input = index / groups;
  if (input >= (params.inChannels + 3u) / 4u * 4u) { return; }
  let output = index % groups * 4u;
  var sums = vec4f(0);
  #for lane in 0..4
  if (input < params.inChannels && output + ${lane}u < params.outChannels) {
    let first = ((output + ${lane}u) * params.inChannels + input) * params.taps;
    var sum = 0.0;
    for (var at = first; at < first + params.taps; at++) {
      let number = weight[at];
      sum += number * number;
    }
    sums[${lane}] = sum;
  }
  #end
  squares[index] = sums;
}
