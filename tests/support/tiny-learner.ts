/** A learner that is quick and real: a network of three layers learns a small picture, colour by place, from random places in each step. */
import type { Gpu } from '../../src/gpu/device';
import { type Plan, PlanBuilder } from '../../src/gpu/plan';
import { readTensor, type Tensor, writeTensor } from '../../src/gpu/tensor';
import { NumpyRandomState } from '../../src/models/numpy-random';
import { ParameterStore } from '../../src/models/parameters';
import { fullyConnected, inputsFirst } from '../../src/pipelines/dense/fully-connected';
import { rearrange } from '../../src/pipelines/dense/rearrange';
import { startTape } from '../../src/pipelines/gradients';
import { l2Loss } from '../../src/pipelines/reduction/losses';
import { stepDraws } from '../../src/training/draws';
import type { Figures, Learner, LearntPicture, RunPlan, SampleRow } from '../../src/training/loops/learner';
import { ParameterGroup } from '../../src/training/parameter-group';
import type { TrainingPosition, TrainingState } from '../../src/training/training-checkpoint';
import { descend } from '../../src/training/training-step';

const BATCH = 32;
const SIDE = 8;
const RATE = 0.01;

/** The picture: smooth, -1..1. @param at x and y, 0..1 */
function colourAt(x: number, y: number): [number, number, number] {
  return [Math.sin(6 * x), Math.cos(5 * y), Math.sin(4 * (x + y))];
}

export class TinyLearner implements Learner {
  readonly kind = 'scene';
  readonly imagesPerStep = BATCH;
  readonly figureKinds = [
    { name: 'loss', label: 'Loss', better: 'lower', chart: 'loss' },
    { name: 'psnr', label: 'PSNR', unit: 'dB', better: 'higher', chart: 'psnr' },
  ] as const;
  rateFactor = 1;
  readonly state: TrainingState;

  private constructor(
    readonly gpu: Gpu,
    private readonly store: ParameterStore,
    private readonly group: ParameterGroup,
    private readonly training: { plan: Plan; places: Tensor; wanted: Tensor; loss: Tensor },
    private readonly view: { plan: Plan; colours: Tensor },
  ) {
    this.state = { networks: { only: store.trainable }, groups: [group] };
  }

  static async create(gpu: Gpu, hidden = 16): Promise<TinyLearner> {
    const store = new ParameterStore(gpu, undefined, { isTrainable: () => true });
    const sizes = [2, hidden, hidden, 3];
    const random = new NumpyRandomState(1);
    const wire = (plan: PlanBuilder, places: Tensor) =>
      sizes.slice(1).reduce((input, outputs, layer) => {
        const inputs = sizes[layer]!;
        const { master: bias } = store.parameter(`bias${layer}`, [outputs]);
        const { master } = store.parameter(`weight${layer}`, [outputs, inputs]);
        const weight = rearrange(plan, master, inputsFirst(outputs, inputs));
        return fullyConnected(plan, input, { weight, bias }, { activation: layer === 2 ? 'linear' : 'tanh' });
      }, places);

    const builder = new PlanBuilder(gpu, 'tiny step');
    const tape = startTape(builder);
    const [places, wanted] = [builder.tensor('places', [BATCH, 2]), builder.tensor('wanted', [BATCH, 3])];
    const loss = builder.keep(l2Loss(builder, wire(builder, places), wanted));
    for (const parameter of store.trainable) {
      const [outputs = 1, inputs] = parameter.shape;
      const values = inputs === undefined ? new Float64Array(outputs) : random.randn(outputs * inputs);
      parameter.write(Float32Array.from(values, (value) => value / Math.sqrt(inputs ?? 1)));
    }
    const group = new ParameterGroup(gpu, 'only', store.trainable, { rate: RATE, betas: [0.9, 0.99], epsilon: 1e-8 });
    descend(builder, tape, loss, group);
    const viewBuilder = new PlanBuilder(gpu, 'tiny view');
    const colours = viewBuilder.keep(wire(viewBuilder, viewBuilder.constant('grid', [SIDE * SIDE, 2], gridPlaces())));
    const training = { plan: await builder.build(), places, wanted, loss };
    return new TinyLearner(gpu, store, group, training, { plan: await viewBuilder.build(), colours });
  }

  async step({ seed, step }: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { plan, places, wanted, loss } = this.training;
    const drawn = Array.from(stepDraws(seed, step).rand(BATCH * 2));
    writeTensor(this.gpu, places, drawn);
    const colours = Array.from({ length: BATCH }, (_, row) => colourAt(drawn[2 * row]!, drawn[2 * row + 1]!));
    writeTensor(this.gpu, wanted, colours.flat());
    this.group.setRate(RATE * this.rateFactor);
    await run(plan);
    this.group.countUpdate();
    return { loss: (await readTensor(this.gpu, loss))[0]! };
  }

  async measure(_: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { rgb } = await this.render(new Float32Array(), run);
    const wanted = wantedPicture();
    const error = rgb.reduce((sum, value, at) => sum + (value - wanted[at]!) ** 2, 0) / rgb.length;
    return { psnr: -10 * Math.log10(error / 4) };
  }

  async render(_: Float32Array, run: RunPlan): Promise<LearntPicture> {
    await run(this.view.plan);
    return { width: SIDE, height: SIDE, rgb: await readTensor(this.gpu, this.view.colours) };
  }

  async samples(_: TrainingPosition, run: RunPlan): Promise<readonly SampleRow[]> {
    const real = { width: SIDE, height: SIDE, rgb: wantedPicture() };
    return [
      { label: 'wanted', pictures: [real] },
      { label: 'learnt', pictures: [await this.render(new Float32Array(), run)] },
    ];
  }

  async result() {
    const values = await readTensor(this.gpu, this.view.colours);
    return { name: 'tiny.bin', bytes: new Uint8Array(values.buffer.slice(0) as ArrayBuffer) };
  }

  destroy(): void {
    this.training.plan.destroy();
    this.view.plan.destroy();
    this.group.destroy();
    this.store.destroy();
  }
}

function gridPlaces(): number[] {
  return Array.from({ length: SIDE * SIDE }, (_, at) => [(at % SIDE) / SIDE, Math.floor(at / SIDE) / SIDE]).flat();
}

function wantedPicture(): Float32Array {
  const places = gridPlaces();
  return Float32Array.from(
    Array.from({ length: SIDE * SIDE }, (_, at) => colourAt(places[2 * at]!, places[2 * at + 1]!)).flat(),
  );
}
