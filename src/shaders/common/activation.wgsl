// The activation functions of the StyleGAN2 family, chosen when the kernel is specialised: ACTIVATION is an index into
// `ACTIVATIONS` of pipelines/dense/activation.ts. `alpha` is the slope of leaky ReLU.

#const ACTIVATION in 0..9 = 0

fn activate(x: vec4f, alpha: f32) -> vec4f {
  switch ACTIVATION {
    case 1u: { return max(x, vec4f(0)); } // relu
    case 2u: { return select(x * alpha, x, x >= vec4f(0)); } // lrelu
    case 3u: { return tanh(clamp(x, vec4f(-20), vec4f(20))); } // tanh overflows to NaN for large arguments on some drivers
    case 4u: { return 1.0 / (1.0 + exp(-x)); } // sigmoid
    case 5u: { return select(exp(x) - 1.0, x, x >= vec4f(0)); } // elu
    case 6u: { return 1.0507009873554805 * select(1.6732632423543772 * (exp(x) - 1.0), x, x >= vec4f(0)); } // selu
    case 7u: { return softplus(x); } // softplus
    case 8u: { return x / (1.0 + exp(-x)); } // swish
    default: { return x; } // linear
  }
}

// log(1 + exp(x)) without overflow: x itself beyond 20, where the difference is below f32 rounding.
fn softplus(x: vec4f) -> vec4f {
  return select(log(1.0 + exp(min(x, vec4f(20)))), x, x > vec4f(20));
}
