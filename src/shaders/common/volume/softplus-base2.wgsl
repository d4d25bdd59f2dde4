// Softplus with its argument and result in base 2, which is what processors compute in: it takes a software adapter half the time.
//   softplus(x) = ln(1 + e^x) = ln 2 log2(1 + 2^h), h = x / ln 2

// log2(1 + 2^h) without overflow.
fn softplusBase2(h: vec4f) -> vec4f {
  return max(h, vec4f(0)) + log2(1.0 + exp2(-abs(h)));
}
