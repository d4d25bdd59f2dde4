/** What the metadata of `stylegan3.safetensors` says, for the tests in Node and in the browser. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import type { MappingConfig, StyleGan3Config } from '../../src/models/config';
import { stylegan3NumWs } from '../../src/models/stylegan3/geometry';

/** A network's options; what is absent has the official default. */
interface ReferenceNetwork {
  readonly z_dim: number;
  readonly c_dim: number;
  readonly w_dim: number;
  readonly img_resolution: number;
  readonly img_channels: number;
  readonly channel_base: number;
  readonly channel_max: number;
  readonly num_layers?: number;
  readonly conv_kernel?: number;
  readonly use_radial_filters?: boolean;
  readonly mapping_kwargs?: { readonly num_layers?: number };
}

/** One layer of `T.layers` and `R.layers`. */
export interface ReferenceLayer {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly in_size: number;
  readonly out_size: number;
  readonly in_sampling_rate: number;
  readonly out_sampling_rate: number;
  readonly tmp_sampling_rate: number;
  readonly in_cutoff: number;
  readonly out_cutoff: number;
  readonly in_half_width: number;
  readonly out_half_width: number;
  readonly up_factor: number;
  readonly down_factor: number;
  readonly up_taps: number;
  readonly down_taps: number;
  readonly padding: readonly number[];
  readonly conv_kernel: number;
  readonly is_torgb: boolean;
  readonly critical: boolean;
  readonly clamp: number;
}

function referenceNetwork(vectors: Checkpoint, name: string): ReferenceNetwork {
  return JSON.parse(vectors.metadata[name]!);
}

export function stylegan3Config(vectors: Checkpoint, name: string): StyleGan3Config {
  const network = referenceNetwork(vectors, name);
  return {
    wDim: network.w_dim,
    resolution: network.img_resolution,
    imageChannels: network.img_channels,
    channelBase: network.channel_base,
    channelMax: network.channel_max,
    layers: network.num_layers ?? 14,
    criticalLayers: 2,
    firstCutoff: 2,
    firstStopband: 2 ** 2.1,
    lastStopbandRelative: 2 ** 0.3,
    marginSize: 10,
    outputScale: 0.25,
    convKernel: network.conv_kernel ?? 3,
    radialFilters: network.use_radial_filters ?? false,
    convClamp: 256,
  };
}

export function stylegan3MappingConfig(vectors: Checkpoint, name: string): MappingConfig {
  const network = referenceNetwork(vectors, name);
  return {
    zDim: network.z_dim,
    cDim: network.c_dim,
    wDim: network.w_dim,
    numWs: stylegan3NumWs(stylegan3Config(vectors, name)),
    layers: network.mapping_kwargs?.num_layers ?? 2,
    lrMultiplier: 0.01,
  };
}
