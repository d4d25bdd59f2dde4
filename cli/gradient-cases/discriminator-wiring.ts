/** The cases of the reference's `discriminator`: gradients of the sum of the logits, unless the file has a cotangent. */
import { discriminator } from '../../src/models/discriminator';
import { readDiscriminatorConfig } from '../../src/models/discriminator-config';
import { startTape } from '../../src/pipelines/gradients';
import { CaseOptionError, CaseWires } from './case-wires';
import { type CaseContext, seedsOf, type WiredCase } from './wired-case';

export function wireDiscriminator({ plan, file, name }: CaseContext): WiredCase {
  const wires = new CaseWires(plan, startTape(plan), file, name);
  const config = readDiscriminatorConfig(initArguments(wires));
  const given = (input: string) => plan.constant(input, wires.shape(input), wires.floats(input));
  const logits = discriminator(plan, wires.parameters, config, {
    image: wires.picture('image'),
    imageRaw: wires.picture('image_raw'),
    c: wires.has('c') ? given('c') : undefined,
    labelNoise: config.labelNoise > 0 ? given('c_noise_randn') : undefined,
  });
  wires.output('logits', logits);
  const [{ tensor: of }] = wires.outputs as [(typeof wires.outputs)[number]];
  const ones = () => plan.constant('ones', of.shape, new Float32Array(logits.shape[0]!).fill(1));
  const seeds = file.has(`${name}.cot.logits`) ? seedsOf(wires) : [{ of, gradient: ones() }];
  return { tape: wires.tape, seeds, wanted: wires.wanted, destroy: () => wires.store.destroy() };
}

function initArguments({ file, name }: CaseWires): object {
  const { init_kwargs: found }: { init_kwargs?: unknown } = Object(JSON.parse(file.metadata[name] ?? '{}'));
  if (typeof found !== 'object' || found === null)
    throw new CaseOptionError(name, 'its options lack "init_kwargs"', found);
  return found;
}
