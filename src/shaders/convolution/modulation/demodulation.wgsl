// Demodulation coefficients of a modulated convolution (StyleGAN2 equation 3): the factor that brings each output channel back to unit
// standard deviation, d[n, o] = 1 / sqrt(sum_i s[n, i]^2 Q[i, o] + 1e-8), with Q[i, o] = sum over taps of w[o, i]^2 made once at load.
//
// Shapes    styles [N, inChannels]; squaredWeight [inPadded, outChannels]; output [N, outChannels].
// Layout    vec4f along the last axis.
// Dispatch  one thread per sample and four outputs, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 N in out FLOPs and 4 in out bytes a sample.

#include "common/each-element"
#include "common/keep-channels"
#param batch, inputGroups: u32
#param channels: u32 // of the output
#read styles, squaredWeight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.batch * groups) { return; }
  let group = index % groups;
  let sample = index / groups;
  var sum = vec4f(1e-8);
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let style = styles[sample * params.inputGroups + inGroup];
    let at = inGroup * 4u * groups + group;
    let squares =
      mat4x4f(squaredWeight[at], squaredWeight[at + groups], squaredWeight[at + 2u * groups], squaredWeight[at + 3u * groups]);
    sum += squares * (style * style);
  }
  output[index] = keepChannels(inverseSqrt(sum), group, params.channels);
}
