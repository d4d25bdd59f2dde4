/** The demonstration page of `<trifold-viewer>` (embed.html): what an embedder would write, no more. */
import type { TrifoldViewer } from './ui/trifold-viewer';

const viewer = document.querySelector<TrifoldViewer>('#first')!;
const events = document.querySelector('#events')!;

document.querySelector('#another')!.addEventListener('click', () => viewer.newFace());
viewer.addEventListener('trifold-ready', () => {
  events.textContent = 'trifold-ready';
});
viewer.addEventListener('trifold-change', ({ detail: { seed, camera } }) => {
  const { yaw, pitch, distance } = camera;
  events.textContent = `trifold-change: seed ${seed}, camera ${yaw.toFixed(0)} ${pitch.toFixed(0)} ${distance.toFixed(2)}`;
});
viewer.addEventListener('trifold-error', ({ detail: { message, remedy } }) => {
  events.textContent = `trifold-error: ${message} ${remedy}`;
});
