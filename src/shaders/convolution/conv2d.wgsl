// Plain two-dimensional convolution (correlation) of any kernel size, with stride and zero padding or cropping: the readable reference,
// used by the discriminator's layers.
//
// Shapes    input [N, H, W, inChannels]; weight [kernelHeight, kernelWidth, inPadded, outChannels]; output [N, outHeight, outWidth, outChannels].
// Layout    vec4f along channels.
// Dispatch  one thread per output pixel and four output channels, rows firstRow to endRow, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      2 taps in out FLOPs an output pixel; 5 loads of 16 bytes for 32 FLOPs.
// Needs     common/linear-index.wgsl

struct Params {
  batch: u32,
  height: u32,
  width: u32,
  inputGroups: u32,
  outHeight: u32,
  outWidth: u32,
  groups: u32, // of the output
  kernelHeight: u32,
  kernelWidth: u32,
  stride: u32,
  padLeft: i32, // negative crops
  padTop: i32,
  firstRow: u32,
  endRow: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let rows = params.endRow - params.firstRow;
  let groups = params.groups;
  if (index >= params.batch * rows * params.outWidth * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.outWidth;
  let row = params.firstRow + index / (groups * params.outWidth) % rows;
  let sample = index / (groups * params.outWidth * rows);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(row * params.stride + tapRow) - params.padTop;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(column * params.stride + tapColumn) - params.padLeft;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = ((sample * params.height + u32(y)) * params.width + u32(x)) * params.inputGroups;
      let tap = (tapRow * params.kernelWidth + tapColumn) * params.inputGroups * 4u;
      for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
        let at = (tap + inGroup * 4u) * groups + group;
        sum += mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]) * input[pixel + inGroup];
      }
    }
  }
  output[((sample * params.outHeight + row) * params.outWidth + column) * groups + group] = sum;
}
