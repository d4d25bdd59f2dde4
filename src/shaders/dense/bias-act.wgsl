// Bias, activation, gain and clamp of one tensor (StyleGAN2's bias_act): y = clamp(activate(x + bias) * gain).
//
// Shapes    input, output [rows, C]; bias [C]. C is the last axis, padded to a multiple of four; padding stays zero.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      about 4 FLOPs and 8 bytes of traffic an element: bound by memory. Convolutions do this in their own epilogue.
// Needs     common/linear-index.wgsl, common/activation.wgsl

struct Params {
  rows: u32,
  channels: u32,
  alpha: f32, // slope of leaky ReLU
  gain: f32,
  clamp: f32, // largest magnitude that leaves the kernel
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let group = index % groups;
  let activated = activate(input[index] + bias[group], params.alpha) * params.gain;
  let channel = vec4u(group * 4u) + vec4u(0, 1, 2, 3);
  let limited = clamp(activated, vec4f(-params.clamp), vec4f(params.clamp));
  output[index] = select(vec4f(0), limited, channel < vec4u(params.channels));
}
