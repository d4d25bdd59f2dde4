/** The cases of the reference's `mapping`: whole mapping networks. */
import { mapping } from '../../src/models/mapping';
import type { CaseWires } from './case-wires';

/** That of the official implementation, which no case changes. */
const LR_MULTIPLIER = 0.01;

export function wireMappingNetwork(wires: CaseWires): void {
  const { plan, options } = wires;
  const extent = (name: string) => options.needed(options.number(name), name);
  const config = {
    zDim: extent('z_dim'),
    cDim: extent('c_dim'),
    wDim: extent('w_dim'),
    numWs: options.number('num_ws'),
    layers: options.number('num_layers') ?? 8,
    lrMultiplier: LR_MULTIPLIER,
  };
  const inputs = {
    z: config.zDim > 0 ? wires.arranged('z') : undefined,
    c: config.cDim > 0 ? wires.arranged('c') : undefined,
  };
  wires.output('w', mapping(plan, wires.parameters, config, inputs));
}
