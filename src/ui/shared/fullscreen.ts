/** The page as large as the screen. Not every browser can: on an iPhone nothing but a video may. */

export function canBeFullscreen(): boolean {
  return document.fullscreenEnabled;
}

export function isFullscreen(): boolean {
  return document.fullscreenElement !== null;
}

/** Call it from a gesture or a key: browsers allow it nowhere else. */
export async function toggleFullscreen(): Promise<void> {
  try {
    await (isFullscreen() ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  } catch {
    // The browser would rather not, as while another window asks for something: the page stays as it is.
  }
}
