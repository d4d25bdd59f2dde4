/** What the page says where one takes something away: pictures, videos, meshes (strings.ts has the rest). */
import type { MeshFileFormat, VideoFileFormat } from '../../studio/export/exports';
import type { RendererKind } from '../../studio/shared/settings';

/** Decimal, as file managers and browsers count. */
export function fileSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Rounded so that it does not jump about. */
function duration(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes <= 1 ? 'a minute' : `${minutes} minutes`;
}

const signed = (value: number, digits: number) => value.toFixed(digits).replace('-', '−');

export const EXPORT_STRINGS = {
  picture: 'Picture',
  pictureAbout: (side: number) => `The present view in full quality, ${side} × ${side} pixels, as PNG.`,
  savePicture: 'Save picture',
  pictureOptions: 'Size and background…',
  video: 'Video',
  videoAbout: 'Once around, a swing, a path of views, or a walk from face to face.',
  openVideo: 'Video…',
  mesh: 'Mesh',
  meshAbout: 'The surface of the head, for 3D programs and printers.',
  openMesh: 'Mesh…',
  hint: 'Files are made here, on your device; nothing is sent anywhere.',
  path: 'Path of views',
  pathViews: (count: number) => (count === 0 ? 'no views yet' : count === 1 ? 'one view' : `${count} views`),
  addView: 'Add this view',
  clearViews: 'Clear',
  clearViewsNamed: 'Clear the path of views',

  dialog: {
    size: 'Size in pixels',
    renderer: 'Renderer',
    renderers: { volumetric: 'Volumetric, true 3D', convolutional: 'Convolutional, one pass' } satisfies Record<
      RendererKind,
      string
    >,
    save: 'Save',
    saveAgain: 'Save again',
    saved: (name: string, bytes: number) => `${name}, ${fileSize(bytes)}`,
    cancel: 'Cancel',
    cancelled: 'Stopped. There is no file.',
    progress: 'How much is done',
    left: (seconds: number | undefined) => (seconds === undefined ? '' : `about ${duration(seconds)} left`),
  },

  pictureDialog: {
    title: 'Picture',
    transparent: 'Transparent background',
    noAlpha: 'This student does not know where the head ends.',
    preview: 'Preview of the picture',
    making: 'The picture is being made.',
    copy: 'Copy',
    copied: 'Copied.',
    notCopied: 'The browser did not allow copying. Save the picture instead.',
  },

  videoDialog: {
    title: 'Video',
    kind: 'What moves',
    kinds: { turntable: 'Once around', swing: 'Swing', 'camera-path': 'Path of views', 'latent-walk': 'Walk' },
    about: {
      turntable: 'The camera goes once around the head and ends where it began.',
      swing: 'The camera swings to both sides of the present view.',
      'camera-path': 'The camera goes smoothly through the views that you have added.',
      'latent-walk': 'One face turns into the next, through all sources of the face and back to the first.',
    },
    fewViews: 'Add two views or more first, with “Add this view” in the room Export.',
    fewSources: 'The face has only one source: add another one first (Mix or Walk in the room Face).',
    loop: 'Back to the first view',
    seconds: 'Seconds',
    fps: 'Frames a second',
    format: 'Format',
    formats: { mp4: 'MP4 (H.264)', webm: 'WebM', zip: 'PNG pictures in a zip' } satisfies Record<
      VideoFileFormat,
      string
    >,
    cannot: (format: string) => `${format}: not in this browser`,
    noEncoder: 'This browser has no video encoder for that size: frames are saved as PNG pictures in a zip.',
    frames: (count: number) => (count === 1 ? 'One frame' : `${count} frames`),
    done: (count: number, all: number) => `Frame ${count} of ${all}`,
    make: 'Make and save',
    frame: 'The newest frame',
    result: 'The finished video',
  },

  meshDialog: {
    title: 'Mesh',
    preview: 'Preview of the surface',
    previewHint: 'A coarse preview, without colours. Drag to turn it.',
    turn: 'Turn',
    sampling: 'The density of the face is being sampled.',
    triangles: (count: number) => `${count.toLocaleString('en')} triangles in the preview`,
    level: 'Density level of the surface',
    levelExact: 'Density level as a number',
    range: (lowest: number, highest: number) =>
      `Densities here reach from ${signed(lowest, 0)} to ${signed(highest, 0)}; the usual level is 10.`,
    resolution: 'Resolution',
    resolutionOption: (resolution: number, bytes: number) => `${resolution}³ (about ${fileSize(bytes)} of memory)`,
    largest: 'Largest piece only',
    smoothing: 'Smoothing',
    rounds: (count: number) => (count === 0 ? 'none' : count === 1 ? 'one round' : `${count} rounds`),
    format: 'Format',
    formats: {
      glb: 'GLB: with colours, for most programs',
      ply: 'PLY: with colours',
      obj: 'OBJ: with colours',
      stl: 'STL: without colours, for printing',
      mrc: 'MRC: the density itself, for ChimeraX',
    } satisfies Record<MeshFileFormat, string>,
    axes: 'The face looks along +z, y is up; one unit of the scene is one metre.',
    make: 'Make and save',
  },
};
