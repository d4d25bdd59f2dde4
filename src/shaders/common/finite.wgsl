// Numbers that are none, and infinite ones, told by their bits: WGSL lets a compiler assume that all numbers are finite, and leave a comparison out.

const EXPONENT_BITS = 0x7f800000u;
const MANTISSA_BITS = 0x007fffffu;

// What takes the place of infinity.
const LARGE_NUMBER = 1e5;

fn isNotFinite(values: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(values) & vec4u(EXPONENT_BITS)) == vec4u(EXPONENT_BITS);
}

// NaN becomes 0, and infinity +-100000, as torch.nan_to_num(nan=0, posinf=1e5, neginf=-1e5) has it.
fn finiteValues(values: vec4f) -> vec4f {
  let bits = bitcast<vec4u>(values);
  let isNan = (bits & vec4u(MANTISSA_BITS)) != vec4u(0u);
  let large = select(vec4f(LARGE_NUMBER), vec4f(-LARGE_NUMBER), (bits >> vec4u(31u)) == vec4u(1u));
  return select(values, select(large, vec4f(0), isNan), isNotFinite(values));
}
