/** A library that a web developer would use instead. */
import type { NetworkCase } from '../cases/networks';
import type { Operation } from '../cases/operation';
import type { Contender } from '../racer';
import type { PeerModels } from './peer-models';

export interface Peer {
  /** Those ways of the library that can compute the operation; none if it has no such operation. */
  operation(operation: Operation, models: PeerModels): Promise<Contender[]>;
  network(network: NetworkCase, models: PeerModels): Promise<Contender[]>;
}
