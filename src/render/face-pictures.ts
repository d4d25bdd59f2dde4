/**
 * Pictures of the inside of a face, which no camera changes: slices of its density, and its feature planes. Everything is made when it is
 * first wanted.
 */
import type { Plan } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import { readTensor, reshaped, type Tensor, writeTensor } from '../gpu/tensor';
import { wireDensityAtPoints } from '../models/generator';
import type { PresentSource } from '../pipelines/pictures/present';
import {
  type ChannelProjection,
  densityColours,
  projectChannels,
  type SliceAxis,
  slicePoints,
} from '../pipelines/pictures/slices';
import { resizeBilinear } from '../pipelines/resampling/resize';
import { type FacePictureKind, type FrameWork, type PictureKind, PictureNotPreparedError } from './frame-renderer';
import { buildPlan, DerivedPicture, type PlanPlace } from './pictures/derived-picture';

/** Side of the picture of a slice. */
export const SLICE_RESOLUTION = 128;
/** Side of the planes from which their colours are found. */
const SAMPLED_SIDE = 64;

const SLICES: Partial<Record<PictureKind, SliceAxis>> = { 'density-x': 0, 'density-y': 1, 'density-z': 2 };
const PLANES: Partial<Record<PictureKind, number>> = { 'plane-0': 0, 'plane-1': 1, 'plane-2': 2 };

interface DensitySlice {
  readonly picture: DerivedPicture;
  /** [1] */
  readonly position: Tensor;
}

/** All feature planes as pictures, and what their colours are found from. */
interface PlanePictures {
  readonly picture: DerivedPicture;
  readonly projection: ChannelProjection;
  readonly sampling: Plan;
  /** The planes, smaller, [1, side, side, planes * C]. */
  readonly samples: Tensor;
  /** The face whose colours the projection has. */
  version: number | undefined;
}

/** The planes of the present face. */
export interface FacePlanes {
  /** Another number for every other face. */
  readonly version: number;
  /** Records what makes the planes, unless they are there. */
  encode(recorder: Recorder): void;
}

export class FacePictures {
  readonly #slices = new Map<SliceAxis, DensitySlice>();
  #planePictures: PlanePictures | undefined;
  #slicePosition = 0;

  /** @param planes [1, R, R, planes * C], kept memory of another plan */
  constructor(
    private readonly place: PlanPlace,
    private readonly planes: Tensor,
  ) {}

  /**
   * Makes what a kind needs for the present face. Colours of feature planes are found on the processor, from planes that are read back.
   * @throws BufferLimitError, KernelCompileError, PlaneValueError
   */
  async prepare(kind: FacePictureKind, face: FacePlanes): Promise<void> {
    const axis = SLICES[kind];
    if (axis === undefined) await this.#preparePlanes(face);
    else if (!this.#slices.has(axis)) this.#slices.set(axis, await this.#createSlice(axis));
  }

  /** Where the slices are, -1 to 1 along their axis within the box. */
  setSlice(position: number): void {
    if (position === this.#slicePosition) return;
    this.#slicePosition = position;
    for (const slice of this.#slices.values()) this.#place(slice);
  }

  /** @param version of the face @returns true also for what has not been prepared */
  isDue(kind: FacePictureKind, version: number): boolean {
    return this.#find(kind)?.picture.isDue(version) ?? true;
  }

  /** Feature planes are prepared for one face, the others for all. @throws PictureNotPreparedError */
  expectPrepared(kind: FacePictureKind, version: number): void {
    const isOfAnotherFace = kind in PLANES && this.#planePictures?.version !== version;
    if (!this.#find(kind) || isOfAnotherFace) throw new PictureNotPreparedError(kind);
  }

  /** What is due of a kind that is prepared. */
  work(kind: FacePictureKind, version: number): FrameWork | undefined {
    return this.#find(kind)?.picture.work(version);
  }

  /** What a presenter shows of it: where there is no density, what is behind. @throws PictureNotPreparedError */
  sourceOf(kind: FacePictureKind): PresentSource {
    const image = this.#find(kind)?.picture.images[PLANES[kind] ?? 0];
    if (!image) throw new PictureNotPreparedError(kind);
    return kind in SLICES ? { kind: 'cut-out', picture: image } : { kind: 'rgb', image };
  }

  destroy(): void {
    for (const { picture } of this.#slices.values()) picture.destroy();
    this.#planePictures?.picture.destroy();
    this.#planePictures?.sampling.destroy();
  }

  #find(kind: FacePictureKind): { readonly picture: DerivedPicture } | undefined {
    const axis = SLICES[kind];
    return axis === undefined ? this.#planePictures : this.#slices.get(axis);
  }

  async #createSlice(axis: SliceAxis): Promise<DensitySlice> {
    const { generator } = this.place;
    const { boxWarp } = generator.config.rendering;
    const { plan, wired } = await buildPlan(this.place, 'density slice', (builder) => {
      const position = builder.tensor('slice position', [1]);
      const points = slicePoints(builder, position, { axis, resolution: SLICE_RESOLUTION, boxWarp });
      const { sigma } = wireDensityAtPoints(builder, generator, this.planes, points);
      const square = reshaped(sigma, [1, SLICE_RESOLUTION, SLICE_RESOLUTION, 1]);
      return { position, image: builder.keep(densityColours(builder, square)) };
    });
    const slice = { picture: new DerivedPicture(plan, [wired.image]), position: wired.position };
    this.#place(slice);
    return slice;
  }

  #place({ picture, position }: DensitySlice): void {
    writeTensor(this.place.generator.host, position, [this.#slicePosition]);
    picture.invalidate();
  }

  async #preparePlanes(face: FacePlanes): Promise<void> {
    this.#planePictures ??= await this.#createPlanePictures();
    const made = this.#planePictures;
    const { version } = face; // now: the face may have changed while the plans were built
    if (made.version === version) return;
    const { host, config } = this.place.generator;
    const recorder = new Recorder(host);
    face.encode(recorder);
    recorder.run(made.sampling);
    recorder.submit();
    const features = await readTensor(host, made.samples);
    const { planeColours } = await import('./pictures/plane-colours');
    const { basis, offsets } = planeColours(features, config.rendering.planeChannels);
    writeTensor(host, made.projection.basis, basis);
    writeTensor(host, made.projection.offsets, offsets);
    made.version = version;
    made.picture.invalidate();
  }

  async #createPlanePictures(): Promise<PlanePictures> {
    const { rendering } = this.place.generator.config;
    const side = Math.min(SAMPLED_SIDE, this.planes.shape[1]!);
    const sampling = await buildPlan(this.place, 'feature planes', (builder) =>
      builder.keep(resizeBilinear(builder, this.planes, { height: side, width: side, antialias: false })),
    );
    try {
      const { plan, wired } = await buildPlan(this.place, 'feature planes', (builder) => {
        const projection = {
          basis: builder.tensor('colours of the planes', [3, rendering.planeChannels]),
          offsets: builder.tensor('offsets of the colours', [3]),
        };
        const images = rendering.planeAxes.map((_, plane) =>
          builder.keep(projectChannels(builder, this.planes, plane, projection, rendering)),
        );
        return { projection, images };
      });
      const picture = new DerivedPicture(plan, wired.images);
      return {
        picture,
        projection: wired.projection,
        sampling: sampling.plan,
        samples: sampling.wired,
        version: undefined,
      };
    } catch (error) {
      sampling.plan.destroy();
      throw error;
    }
  }
}
