/** What `<trifold-viewer>` says of its own; everything else it has from the page's parts. */
export const VIEWER_STRINGS = {
  /** @param face as `FACE_STRINGS.describe` puts it */
  describe: (face: string) => `Generated head, ${face}`,
  attribute: (name: string, value: string) => `The attribute ${name}="${value}" of <trifold-viewer> is not understood.`,
  remedies: {
    src: 'Name a model file (.pkl, .pt, .pth, .safetensors) or a folder with an index.json, relative to the page or absolute.',
    seed: 'Use a whole number from 0 to 4294967295.',
    psi: 'Use a number from 0 to 1.5.',
    background: 'Use page, transparent, white, black, or a colour as #rrggbb.',
    camera: 'Use "yaw pitch" or "yaw pitch distance": degrees, and the distance in multiples of the model’s own.',
  },
  notReady: 'The viewer has no picture yet.',
  notReadyRemedy: 'Wait for its event trifold-ready.',
  noPicture: 'The picture could not be made.',
} as const;
