/**
 * The poster: a small picture of the face that a model shows first, for the time until the device has drawn it. It lies beside the model, whose
 * entry in `weights/index.json` names it, so that another folder of weights has its own poster or none:
 * `"first": {"seed": 34, "yaw": 25, "pitch": 4, "poster": "portrait-eg3d.png"}`.
 *
 * Imported by the small script that runs before the page's own (first-picture.ts), and so imports nothing.
 */

/**
 * @param index content of `weights/index.json`, whatever it is: what is wrong with it is for the page to say
 * @param page address of the page, with its fragment
 * @returns the poster's address; undefined where there is none, and for an address that asks for anything but the first view
 */
export function posterOf(index: unknown, page: URL): URL | undefined {
  if (page.searchParams.has('model')) return undefined;
  const { first, sha256 } = defaultModel(index);
  const { poster, ...view } = isRecord(first) ? first : {};
  if (typeof poster !== 'string' || !/^[\w-]+\.(png|webp|jpg)$/.test(poster)) return undefined;
  if (!isFirstView(new URLSearchParams(page.hash.slice(1)), view)) return undefined;
  // A copy that the browser has kept of a former model's poster is not taken for this one's.
  return new URL(`weights/${poster}?model=${String(sha256).slice(0, 16)}`, page);
}

/** A fragment that says nothing, or the first view itself, which the page writes there. */
function isFirstView(fragment: URLSearchParams, first: Record<string, unknown>): boolean {
  const names = Object.keys(first);
  const isSame = (name: string) => fragment.has(name) && Number(fragment.get(name)) === first[name];
  return fragment.size === 0 || (fragment.size === names.length && names.every(isSame));
}

function defaultModel(index: unknown): Record<string, unknown> {
  const { models, default: id }: Record<string, unknown> = isRecord(index) ? index : {};
  const entries: unknown[] = Array.isArray(models) ? models : [];
  const entry = id === undefined ? entries[0] : entries.find((candidate) => isRecord(candidate) && candidate.id === id);
  return isRecord(entry) ? entry : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
