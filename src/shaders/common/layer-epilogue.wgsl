// What follows the sum in every layer of StyleGAN2: noise, bias, activation, gain, clamp. Channels are handled four at a time; lanes
// beyond the last channel become zero, so that the padding of every tensor stays zero whatever the activation does to it.
// Needs common/activation.wgsl.

fn keepChannels(value: vec4f, group: u32, channels: u32) -> vec4f {
  return select(vec4f(0), value, vec4u(group * 4u) + vec4u(0, 1, 2, 3) < vec4u(channels));
}

fn layerEpilogue(sum: vec4f, bias: vec4f, alpha: f32, gain: f32, limit: f32) -> vec4f {
  return clamp(activate(sum + bias, alpha) * gain, vec4f(-limit), vec4f(limit));
}
