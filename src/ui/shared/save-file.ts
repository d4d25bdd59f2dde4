/** Hands files to the person, as downloads. Nothing leaves the device. */

/** How long a browser may take to begin a download before its address goes. */
const RELEASE_MILLISECONDS = 60_000;

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MILLISECONDS);
}

export function saveCsv(name: string, text: string): void {
  saveBlob(name, new Blob([text], { type: 'text/csv' }));
}

/** Saves what is drawn on a canvas as PNG. */
export async function savePng(name: string, canvas: OffscreenCanvas): Promise<void> {
  saveBlob(name, await canvas.convertToBlob({ type: 'image/png' }));
}
