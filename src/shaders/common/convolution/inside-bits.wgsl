// Which numbers of a picture layer are inside its clamp: for its gradient, as the skip that is added behind the clamp hides them in the output.
//
// Shapes    inside: 16 bits for each row, four columns of it and four channels, in that order; bit 4 column + channel is 1 for a number inside.

#const KEEPS_INSIDE: bool
#if KEEPS_INSIDE
#write inside: array<u32>

fn insideBits(value: vec4f, limit: f32, column: u32) -> u32 {
  let bits = select(vec4u(0), vec4u(1u, 2u, 4u, 8u), abs(value) < vec4f(limit));
  return (bits.x | bits.y | bits.z | bits.w) << (4u * column);
}
#end
