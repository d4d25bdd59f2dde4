// Slopes of the activation functions of common/activation.wgsl, told from their output wherever that can be done, so that a layer need not keep
// what went in. Only swish takes the same output at two inputs: its slope is told from its input.

#const ACTIVATION in 0..9 = 0

// `known` is activate(x), or x itself for swish.
fn activationSlope(known: vec4f, alpha: f32) -> vec4f {
  switch ACTIVATION {
    case 1u: { return select(vec4f(0), vec4f(1), known > vec4f(0)); } // relu
    case 2u: { return select(vec4f(alpha), vec4f(1), known > vec4f(0)); } // lrelu
    case 3u: { return 1.0 - known * known; } // tanh
    case 4u: { return known * (1.0 - known); } // sigmoid
    case 5u: { return select(known + 1.0, vec4f(1), known >= vec4f(0)); } // elu
    case 6u: { return select(known + SELU_SCALE * SELU_ALPHA, vec4f(SELU_SCALE), known >= vec4f(0)); } // selu
    case 7u: { return 1.0 - exp(-known); } // softplus: exp(y) = 1 + exp(x)
    case 8u: { let s = sigmoid(known); return s * (1.0 + known * (1.0 - s)); } // swish
    default: { return vec4f(1); } // linear
  }
}

// How the slope changes with `known`.
fn activationCurvature(known: vec4f) -> vec4f {
  switch ACTIVATION {
    case 3u: { return -2.0 * known; } // tanh
    case 4u: { return 1.0 - 2.0 * known; } // sigmoid
    case 5u, 6u: { return select(vec4f(1), vec4f(0), known >= vec4f(0)); } // elu, selu
    case 7u: { return exp(-known); } // softplus
    case 8u: { let s = sigmoid(known); return s * (1.0 - s) * (2.0 + known * (1.0 - 2.0 * s)); } // swish
    default: { return vec4f(0); } // linear, relu, lrelu
  }
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-x));
}
