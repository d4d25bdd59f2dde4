// Modulated and demodulated 1x1 convolution (the convolution of StyleGAN3's configuration R): a matrix product over pixels,
//   output = demodulation * sum over channels of weight * style * input
//
// Shapes    input [N, pixels, inChannels]; weight [inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels];
//           output [N, pixels, outChannels]; the pixels of a picture row by row.
// Layout    vec4f along channels.
// Dispatch  one thread per eight pixels and four output channels, pixels firstPixel to endPixel, 64 per workgroup (each-element).
// Memory    none in the workgroup; 32 registers of sums.
// Cost      2 in out FLOPs a pixel; 13 loads of 16 bytes for 256 FLOPs.

#include "common/each-element"
#storage WeightVector
#param batch, inputGroups, firstPixel, endPixel: u32
#param pixels: u32 // of a sample
#param groups: u32 // of the output
#read input, styles, demodulation: array<vec4f>
#read weight: array<WeightVector>
#write output: array<vec4f>

// Where a pixel's channels begin in the input; beyond the last pixel those of the last.
fn inputStart(sample: u32, pixel: u32) -> u32 {
  return (sample * params.pixels + min(pixel, params.endPixel - 1u)) * params.inputGroups;
}

fn storePixel(sum: vec4f, sample: u32, pixel: u32, group: u32) {
  if (pixel >= params.endPixel) { return; }
  // Padded channels have zero weights and zero demodulation.
  output[(sample * params.pixels + pixel) * params.groups + group] = sum * demodulation[sample * params.groups + group];
}

fn element(index: u32) {
  let groups = params.groups;
  let tiles = (params.endPixel - params.firstPixel + 7u) / 8u;
  if (index >= params.batch * tiles * groups) { return; }
  let group = index % groups;
  let pixel = params.firstPixel + index / groups % tiles * 8u;
  let sample = index / (groups * tiles);

  let at0 = inputStart(sample, pixel);
  let at1 = inputStart(sample, pixel + 1u);
  let at2 = inputStart(sample, pixel + 2u);
  let at3 = inputStart(sample, pixel + 3u);
  let at4 = inputStart(sample, pixel + 4u);
  let at5 = inputStart(sample, pixel + 5u);
  let at6 = inputStart(sample, pixel + 6u);
  let at7 = inputStart(sample, pixel + 7u);
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  var sum4 = vec4f(0);
  var sum5 = vec4f(0);
  var sum6 = vec4f(0);
  var sum7 = vec4f(0);
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let style = styles[sample * params.inputGroups + inGroup];
    let at = inGroup * 4u * groups + group;
    let matrix = mat4x4f(
      fromWeightVector(weight[at]) * style.x,
      fromWeightVector(weight[at + groups]) * style.y,
      fromWeightVector(weight[at + 2u * groups]) * style.z,
      fromWeightVector(weight[at + 3u * groups]) * style.w,
    );
    sum0 += matrix * input[at0 + inGroup];
    sum1 += matrix * input[at1 + inGroup];
    sum2 += matrix * input[at2 + inGroup];
    sum3 += matrix * input[at3 + inGroup];
    sum4 += matrix * input[at4 + inGroup];
    sum5 += matrix * input[at5 + inGroup];
    sum6 += matrix * input[at6 + inGroup];
    sum7 += matrix * input[at7 + inGroup];
  }
  storePixel(sum0, sample, pixel, group);
  storePixel(sum1, sample, pixel + 1u, group);
  storePixel(sum2, sample, pixel + 2u, group);
  storePixel(sum3, sample, pixel + 3u, group);
  storePixel(sum4, sample, pixel + 4u, group);
  storePixel(sum5, sample, pixel + 5u, group);
  storePixel(sum6, sample, pixel + 6u, group);
  storePixel(sum7, sample, pixel + 7u, group);
}
