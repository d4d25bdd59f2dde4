/** A model on a device: its configuration, and its parameters, which are uploaded when a network first asks for them. */
import type { TensorHost } from '../gpu/tensor-host';
import type { Parameter, ParameterScope, ParameterStore } from './parameters';

export class LoadedModel<Config, Host extends TensorHost> {
  protected constructor(
    readonly host: Host,
    readonly config: Config,
    private readonly store: ParameterStore,
    private readonly prefix: string,
  ) {}

  /** Bytes of the parameters that stages have asked for so far. */
  get weightBytes(): number {
    return this.store.bytes;
  }

  /** The trainable parameters that stages have asked for so far. */
  get trainable(): readonly Parameter[] {
    return this.store.trainable;
  }

  /** Parameters of one network, for example "backbone.mapping.". */
  parameters(network: string): ParameterScope {
    return this.store.scope(`${this.prefix}${network}`);
  }

  /** Frees the parameters. Plans wired from this model must not run afterwards. */
  destroy(): void {
    this.store.destroy();
  }
}
