/**
 * "Take it with you": the face as a picture, a video or a mesh. One export at a time; its frames are rendered at full quality by the renderer
 * that is asked for, one by one between those of the screen. Never rejects: how far it is and what went wrong are in `state.export`, and the
 * file is handed to whoever asked for it.
 */
import { labelOf } from '../../camera/orbit';
import { orbitLabel } from '../../camera/orbit-pose';
import type { MeshFormat } from '../../geometry/mesh-files';
import { voxelSide } from '../../geometry/voxel-grid';
import { followsCamera } from '../../render/face-composer';
import type { RendererKind } from '../../render/frame-renderer';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import { editsOf, sourcesInUse } from '../face/face-actions';
import { Job, type JobContext } from '../shared/jobs';
import type { ExportKind, ExportState, StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { Screen } from '../view/screen';
import { shownNow } from '../view/shown';
import { FaceGrids, type Subject, shadeFaceMesh } from './face-grids';
import { MeshPreview, type SurfaceOptions } from './mesh-preview';
import type { PictureChoice } from './picture-export';
import { SurfaceWorker } from './surface-worker';
import type { ExportedFile, VideoFormat } from './video-file';
import { planVideo, VIDEO_LIMITS, type VideoOptions, type VideoPose } from './video-plan';

export interface PictureRequest extends PictureChoice {
  readonly renderer: RendererKind;
}

/** 'zip': every frame as a PNG picture, for browsers without an encoder. */
export type VideoFileFormat = VideoFormat | 'zip';

export interface VideoRequest {
  readonly video: VideoOptions;
  /** Pixels. */
  readonly side: number;
  readonly format: VideoFileFormat;
  readonly renderer: RendererKind;
  /** Is shown every frame as soon as it is rendered. */
  readonly onFrame?: (picture: PictureRgba) => void;
}

/** 'mrc': the density itself; of the surface options it needs none. */
export type MeshFileFormat = MeshFormat | 'mrc';

export interface MeshRequest extends SurfaceOptions {
  /** Voxels on a side. */
  readonly resolution: number;
  readonly format: MeshFileFormat;
}

/** Something to save. */
export interface MadeFile {
  readonly name: string;
  readonly blob: Blob;
}

/** Of a mesh, how much of the work is done when the density is sampled, the surface found, and the colours are there. */
const MESH_SHARES = { density: 0.6, surface: 0.75, colours: 0.95 };
/** Before so much is done nobody can tell how long the rest will take. */
const LEAST_TELLING_SHARE = 0.03;

export class Exports {
  readonly preview: MeshPreview;
  readonly #job: Job;
  readonly #grids = new FaceGrids();
  /** The face of the mesh dialog. */
  #subject: Subject | undefined;

  /** @param screen the present one; undefined while nothing is on screen */
  constructor(
    private readonly store: Store<StudioState>,
    screen: () => Screen | undefined,
  ) {
    this.#job = new Job(screen);
    this.preview = new MeshPreview(store, screen, this.#grids);
    store.subscribe(({ model }, previous) => {
      if (model?.config !== previous.model?.config) this.#forget();
    });
  }

  /** The renderer whose picture is on the canvas; of two, the volumetric one. */
  get rendererShown(): RendererKind {
    const { settings, student } = this.store.state;
    const { layout, renderer } = shownNow(settings, student);
    return layout === 'single' ? renderer : 'volumetric';
  }

  /** Whether a renderer's pictures can be cut out of their background: a student tells alpha only where it was taught. */
  canCutOut(renderer: RendererKind): boolean {
    const { student } = this.store.state;
    if (renderer === 'volumetric') return true;
    return student.status === 'ready' && student.facts.config.alphaFeature !== undefined;
  }

  /** The present view as a PNG picture. @returns undefined if it was stopped or failed */
  exportPicture({ renderer, ...choice }: PictureRequest): Promise<MadeFile | undefined> {
    const { face, view } = this.store.state;
    const camera = labelOf(view);
    return this.#make('picture', async ({ step }) => {
      const rendered = await step(({ offScreen }) => offScreen.renderArrays(renderer, face, camera));
      const { exportPicture } = await import('./picture-export');
      return exportPicture(rendered, choice);
    });
  }

  /** @returns undefined if it was stopped or failed */
  exportVideo({ video, side, format, renderer, onFrame }: VideoRequest): Promise<MadeFile | undefined> {
    const { face } = this.store.state;
    return this.#make('video', async ({ step, signal }, onProgress) => {
      const { fps, frames } = planVideo(video);
      const { exportedPicture } = await import('./picture-export');
      const frame = async (index: number): Promise<PictureRgba> => {
        const { pose, walkPosition } = frames[index]!;
        const shown = walkPosition === undefined ? face : { ...face, mode: 'walk' as const, walkPosition };
        const rendered = await step(({ offScreen }) => offScreen.renderArrays(renderer, shown, orbitLabel(pose)));
        const picture = exportedPicture(rendered, { side, isTransparent: false });
        onFrame?.(picture);
        return picture;
      };
      const request = { fps, frameCount: frames.length, frame, signal, onProgress };
      if (format === 'zip') return (await import('./frames-zip')).zipFrames(request);
      return (await import('./video-file')).encodeVideo({ ...request, format, side });
    });
  }

  /** The kinds of video that this browser can write at that size. */
  async videoFormats(side: number, fps: number): Promise<VideoFormat[]> {
    const { videoCodecFor } = await import('./video-file');
    const formats: readonly VideoFormat[] = ['mp4', 'webm'];
    const codecs = await Promise.all(formats.map((format) => videoCodecFor(format, { side, fps })));
    return formats.filter((_, index) => codecs[index]);
  }

  /** Begins the preview of the present face's mesh (`state.meshPreview`); {@link exportMesh} then is about this face. */
  async beginMesh(): Promise<void> {
    this.#subject = this.#present;
    await this.preview.begin(this.#subject);
  }

  /** Ends the preview and frees the densities; an export that is under way goes on. */
  endMesh(): void {
    this.preview.end();
    this.#grids.forget();
    this.#subject = undefined;
  }

  /** The face as a mesh, or its density. @returns undefined if it was stopped or failed */
  exportMesh(request: MeshRequest): Promise<MadeFile | undefined> {
    this.#subject ??= this.#present;
    const subject = this.#subject;
    return this.#make('mesh', async (context, onProgress) => {
      const part = (from: number, to: number) => (share: number) => onProgress(from + (to - from) * share);
      const { density, surface, colours } = MESH_SHARES;
      const grid = await this.#grids.sample(context, subject, request.resolution, part(0, density));
      const worker = new SurfaceWorker(grid);
      const stop = () => worker.end(context.signal.reason);
      context.signal.addEventListener('abort', stop);
      try {
        context.signal.throwIfAborted();
        if (request.format === 'mrc') return fileOf(await worker.volumeFile(), 'mrc');
        const plain = await worker.surface(request, part(density, surface));
        const mesh = keepsColours(request.format)
          ? await shadeFaceMesh(context, subject, plain, voxelSide(grid), part(surface, colours))
          : plain;
        return fileOf(await worker.meshFile(request.format, mesh, this.#name), request.format);
      } finally {
        context.signal.removeEventListener('abort', stop);
        worker.end();
      }
    });
  }

  stop(): void {
    this.#job.stop();
  }

  /** Stops the export and forgets how far it was, or that it was made. */
  dismiss(): void {
    this.#job.forget();
    this.store.update({ export: undefined });
  }

  /** Adds the present view to those of a camera path; nothing happens when there are as many as may be. */
  addPathView(): void {
    const { pathViews, view } = this.store.state;
    if (pathViews.length < VIDEO_LIMITS.keys.most) this.store.update({ pathViews: [...pathViews, poseOf(view)] });
  }

  clearPathViews(): void {
    this.store.update({ pathViews: [] });
  }

  /** The present camera, for a video to start from. */
  get pose(): VideoPose {
    return poseOf(this.store.state.view);
  }

  async #make(
    kind: ExportKind,
    work: (context: JobContext, onProgress: (share: number) => void) => Promise<ExportedFile>,
  ): Promise<MadeFile | undefined> {
    const begun = performance.now();
    const report = (patch: Partial<ExportState>) => {
      const state: ExportState = {
        kind,
        status: 'running',
        share: 0,
        failure: undefined,
        secondsLeft: undefined,
        file: undefined,
      };
      this.store.update({ export: { ...state, ...patch } });
    };
    this.#job.stop();
    report({});
    const name = this.#name;
    let made: MadeFile | undefined;
    await this.#job.run(
      async (context) => {
        const { blob, extension } = await work(context, (share) => {
          if (!context.signal.aborted) report({ share, secondsLeft: secondsLeft(share, performance.now() - begun) });
        });
        context.signal.throwIfAborted();
        made = { name: `${name}.${extension}`, blob };
      },
      (end) => report(made ? { ...end, file: { name: made.name, bytes: made.blob.size } } : end),
    );
    return made;
  }

  /** What files are called, without an ending. */
  get #name(): string {
    return fileNameOf(this.store.state.face);
  }

  /** The face with its present camera. One that follows the camera becomes a face of its own, which frames of other views do not show. */
  get #present(): Subject {
    const { face, view } = this.store.state;
    return { face: followsCamera(face) ? { ...face } : face, camera: labelOf(view) };
  }

  #forget(): void {
    this.dismiss();
    this.endMesh();
    this.clearPathViews();
  }
}

/** STL has room for neither colours nor normals. */
export function keepsColours(format: MeshFileFormat): boolean {
  return format !== 'stl' && format !== 'mrc';
}

/** "trifold-seed-12", "trifold-mix-3-4-edited", ...: short, and safe in every file system. */
export function fileNameOf(face: StudioState['face']): string {
  const hasEdits = sourcesInUse(face).some((source) => Object.keys(editsOf(source)).length > 0);
  return `${sourcesName(face)}${hasEdits || face.directions.length > 0 ? '-edited' : ''}`;
}

function sourcesName({ mode, sources, mapX, mapY }: StudioState['face']): string {
  const seeds = sources.map((source) => (source.kind === 'seed' ? String(source.seed) : 'face'));
  switch (mode) {
    case 'single':
      return seeds[0] === 'face' ? 'trifold-face' : `trifold-seed-${seeds[0]}`;
    case 'mix':
      return `trifold-mix-${seeds.slice(0, 2).join('-')}`;
    case 'walk':
      return `trifold-walk-${seeds.slice(0, 4).join('-')}`;
    case 'map':
      return `trifold-map-${mapX.toFixed(1)}-${mapY.toFixed(1)}`;
  }
}

/** A head has one to three vertices for each voxel of a side of the box. */
const VERTICES_PER_SQUARE = 3;
/** Positions, triangles, colours and normals, each some times over: in the worker, here, and in the file. */
const BYTES_PER_VERTEX = 300;

/** About how many bytes a mesh takes while it is made: the density, here and in the worker, and the surface. @param resolution voxels on a side */
export function meshMemory(resolution: number): number {
  return 2 * 4 * resolution ** 3 + VERTICES_PER_SQUARE * BYTES_PER_VERTEX * resolution ** 2;
}

/** @returns undefined while it is too early to tell */
export function secondsLeft(share: number, milliseconds: number): number | undefined {
  if (share < LEAST_TELLING_SHARE) return undefined;
  return ((1 - share) / share) * (milliseconds / 1000);
}

const MIME_TYPES: Readonly<Record<MeshFileFormat, string>> = {
  glb: 'model/gltf-binary',
  obj: 'model/obj',
  stl: 'model/stl',
  ply: 'application/octet-stream',
  mrc: 'application/octet-stream',
};

function fileOf(bytes: Uint8Array<ArrayBuffer>, extension: MeshFileFormat): ExportedFile {
  const mimeType = MIME_TYPES[extension];
  return { blob: new Blob([bytes], { type: mimeType }), mimeType, extension };
}

function poseOf({ yaw, pitch, radius, pivot, focal }: VideoPose): VideoPose {
  return { yaw, pitch, radius, pivot, focal };
}
