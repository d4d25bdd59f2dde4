/**
 * The first script of the page: a few hundred bytes that put the poster in the place of the picture, while the page's own script is on its way
 * (index.html has the place, `<trifold-app>` takes it away). Without the poster the place stays empty; nothing depends on it.
 */
import { posterOf } from './studio/model/poster';

async function showPoster(): Promise<void> {
  const response = await fetch(new URL('weights/index.json', document.baseURI));
  const index: unknown = await response.json();
  const poster = () => posterOf(index, new URL(location.href));
  const address = poster();
  if (!address) return;
  const picture = new Image();
  picture.alt = ''; // the viewport says what is to be seen
  picture.src = address.href;
  await picture.decode();
  // Meanwhile the live picture may be there, or the address may ask for another.
  if (poster()) document.querySelector('.first-picture')?.append(picture);
}

showPoster().catch(() => {}); // the page says what is wrong with its files
