/** A library that a web developer would use instead. */

import type { GradientLayer } from '../cases/layer-gradients';
import type { NetworkCase } from '../cases/networks';
import type { Operation } from '../cases/operation';
import type { Contender } from '../racer';
import type { PeerModels } from './peer-models';

export interface Peer {
  /** Those ways of the library that can compute the operation; none if it has no such operation. */
  operation(operation: Operation, models: PeerModels): Promise<Contender[]>;
  /** Forward pass and gradients of a layer, for those who can. */
  gradients?(layer: GradientLayer): Contender[];
  network(network: NetworkCase, models: PeerModels): Promise<Contender[]>;
}
