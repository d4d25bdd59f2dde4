/** A perceptually uniform colour map: equal steps of a value look equally large, also in print and to colour-blind eyes. */
import { interpolateViridis } from 'd3-scale-chromatic';

const ENTRIES = 256;

/** Viridis (van der Walt and Smith 2015) as [256, 3] values of 0 to 1, dark to bright. */
export function viridisTable(): Float32Array {
  const table = new Float32Array(ENTRIES * 3);
  for (let entry = 0; entry < ENTRIES; entry++) {
    const rgb = Number.parseInt(interpolateViridis(entry / (ENTRIES - 1)).slice(1), 16);
    table.set([(rgb >> 16) / 255, ((rgb >> 8) & 255) / 255, (rgb & 255) / 255], entry * 3);
  }
  return table;
}
