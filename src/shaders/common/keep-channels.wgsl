// Channels are handled four at a time; lanes beyond the last channel become zero, so that the padding of every tensor stays zero whatever a kernel
// does to it.

fn keepChannels(value: vec4f, group: u32, channels: u32) -> vec4f {
  return select(vec4f(0), value, vec4u(group * 4u) + vec4u(0, 1, 2, 3) < vec4u(channels));
}
