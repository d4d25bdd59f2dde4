/** Activation functions and what goes with them; the arithmetic is in shaders/common/activation.wgsl. */

/** In the order of the shader's ACTIVATION constant. */
export const ACTIVATIONS = ['linear', 'relu', 'lrelu', 'tanh', 'sigmoid', 'elu', 'selu', 'softplus', 'swish'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** Slope of leaky ReLU in StyleGAN2. */
export const LEAKY_RELU_SLOPE = 0.2;

/** What is added to a layer's sum before it leaves the kernel. */
export interface ActivationOptions {
  /** Default: 'linear'. */
  readonly activation?: Activation | undefined;
  /** Factor after the activation. Default: {@link defaultGain}. */
  readonly gain?: number | undefined;
  /** Largest magnitude after the gain. Default: none. */
  readonly clamp?: number | undefined;
  /** Slope of leaky ReLU. Default: {@link LEAKY_RELU_SLOPE}. */
  readonly alpha?: number | undefined;
}

/** The gain that keeps the second moment through an activation: sqrt 2 for the ReLU kinds, else 1 (StyleGAN2). */
export function defaultGain(activation: Activation): number {
  return activation === 'relu' || activation === 'lrelu' || activation === 'swish' ? Math.SQRT2 : 1;
}

/** The kernel parameters `alpha`, `gain` and `clamp` and the constant ACTIVATION for the given options. */
export function activationSettings(options: ActivationOptions) {
  const activation = options.activation ?? 'linear';
  return {
    constants: { ACTIVATION: ACTIVATIONS.indexOf(activation) },
    params: {
      alpha: options.alpha ?? LEAKY_RELU_SLOPE,
      gain: options.gain ?? defaultGain(activation),
      clamp: options.clamp ?? 3e38,
    },
  };
}
