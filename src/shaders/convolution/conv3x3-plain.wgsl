// Modulated 3x3 convolution (correlation, zero padding 1) with the whole epilogue of a StyleGAN2 layer: the readable reference of
// conv3x3-tiled.wgsl, which must give the same.
//   output = epilogue(demodulation * sum over taps and channels of weight * style * input + noise + bias)
//
// Shapes    input [N, H, W, inChannels]; weight [3, 3, inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels];
//           noise [1 or N, H, W]; bias [outChannels]; output [N, H, W, outChannels].
// Layout    vec4f along channels; noise in single floats.
// Dispatch  one thread per pixel and four output channels, rows firstRow to endRow, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      18 in out FLOPs a pixel; 45 loads of 16 bytes for 288 FLOPs.
// Needs     common/convolution/conv3x3-operands.wgsl, common/linear-index.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let groups = (params.channels + 3u) / 4u;
  let rows = params.endRow - params.firstRow;
  if (index >= params.batch * rows * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = params.firstRow + index / (groups * params.width) % rows;
  let sample = index / (groups * params.width * rows);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < 3u; tapRow++) {
    for (var tapColumn = 0u; tapColumn < 3u; tapColumn++) {
      let y = row + tapRow - 1u; // wraps below zero to a large number
      let x = column + tapColumn - 1u;
      if (y >= params.height || x >= params.width) { continue; }
      let pixel = ((sample * params.height + y) * params.width + x) * params.inputGroups;
      let tap = (tapRow * 3u + tapColumn) * params.inputGroups * 4u;
      for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
        let value = fromInputVector(input[pixel + inGroup]) * styles[sample * params.inputGroups + inGroup];
        let at = (tap + inGroup * 4u) * groups + group;
        let matrix = mat4x4f(
          fromWeightVector(weight[at]), fromWeightVector(weight[at + groups]),
          fromWeightVector(weight[at + 2u * groups]), fromWeightVector(weight[at + 3u * groups]),
        );
        sum += matrix * value;
      }
    }
  }

  sum *= demodulation[sample * groups + group];
  if (USE_NOISE) {
    sum += noise[sample * params.noiseBatchStride + row * params.noiseStride + column] * params.noiseStrength;
  }
  let result = layerEpilogue(sum, bias[group], params.alpha, params.gain, params.clamp);
  output[((sample * params.height + row) * params.width + column) * groups + group] =
    toOutputVector(keepChannels(result, group, params.channels));
}
