/** Bilinear resizing with and without antialias, and the training's resize filters, against the reference. */
import { describe, it } from 'vitest';
import { filteredResizing, type ResizeFilterMode, resizeBilinear } from '../../../src/pipelines/resampling/resize';
import { casesOf, expectImage, imageInput, optionsOf } from '../ops-cases';
import { fixture, runOnce } from '../support';

const ops = await fixture('ops');

describe('resizeBilinear', () => {
  it.each(casesOf(ops, 'resize'))('%s', async (name) => {
    const { size, antialias = false } = optionsOf(ops, name);
    const [height, width] = typeof size === 'number' ? [size, size] : size!;
    const { y } = await runOnce((plan) => ({
      y: resizeBilinear(plan, imageInput(plan, ops, `${name}.in.x`), { height: height!, width: width!, antialias }),
    }));
    expectImage(ops, `${name}.out.y`, y);
  });
});

function filterMode(mode: string | number | undefined): ResizeFilterMode {
  if (mode === 'antialiased' || mode === 'classic' || mode === 'none' || typeof mode === 'number') return mode;
  throw new TypeError(`unknown filter mode ${mode}`);
}

describe('filteredResizing', () => {
  it.each(casesOf(ops, 'filteredResizing'))('%s', async (name) => {
    const { size, filter_mode: mode } = optionsOf(ops, name);
    const { y } = await runOnce((plan) => ({
      y: filteredResizing(plan, imageInput(plan, ops, `${name}.in.x`), Number(size), filterMode(mode)),
    }));
    expectImage(ops, `${name}.out.y`, y);
  });
});
