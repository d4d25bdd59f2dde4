// Fully connected layer: output[n] = clamp(activate(input[n] * W + bias) * gain), W already scaled by the layer's run-time gain.
//
// Shapes    input [N, R, inChannels], of which row `inputRow` of each sample is used; weight [inPadded, outChannels]; bias and output
//           [N, outChannels].
// Layout    vec4f along the last axis; the weight's rows are input channels, so that a vec4f holds four outputs.
// Dispatch  one thread per sample and four outputs, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      2 N in out FLOPs; reads the weights once a sample: 4 in out bytes. Bound by memory.
// Needs     common/linear-index.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

struct Params {
  batch: u32,
  inputRows: u32,
  inputRow: u32,
  inputGroups: u32,
  channels: u32, // of the output
  alpha: f32,
  gain: f32,
  clamp: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.batch * groups) { return; }
  let group = index % groups;
  let sample = index / groups;
  let row = (sample * params.inputRows + params.inputRow) * params.inputGroups;
  var sum = vec4f(0);
  for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
    let at = inGroup * 4u * groups + group;
    let fourInputs = mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]);
    sum += fourInputs * input[row + inGroup];
  }
  let result = layerEpilogue(sum, bias[group], params.alpha, params.gain, params.clamp);
  output[index] = keepChannels(result, group, params.channels);
}
