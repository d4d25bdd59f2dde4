// Floats as u32 that sort the same way, because WGSL has atomic minimum and maximum for integers only: the sign bit of a positive number
// is set, all bits of a negative number are flipped. 0 is below and 0xffffffff above every number.

fn toOrdered(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn fromOrdered(ordered: u32) -> f32 {
  return bitcast<f32>(select(~ordered, ordered & 0x7fffffffu, (ordered & 0x80000000u) != 0u));
}
