/**
 * "Take it with you": pictures, videos and meshes that the page makes are what was asked for, an export can be stopped, what cannot be is
 * said in a sentence, and the dialogs are there for everybody.
 */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { validateBytes } from 'gltf-validator';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { expectNoAxeFinding } from './axe';
import { openRoom, startAgain, test, untilStill } from './support';

test.describe.configure({ mode: 'serial' }); // a story: each test goes on where the one before ended

interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Few rays and samples: every frame goes through the whole super-resolution. */
const SMALL = 'rays=16&samples=4&yaw=20';
const VIDEO = { seconds: 5, fps: 12, side: 64 };
const FRAMES = VIDEO.seconds * VIDEO.fps;
const SIZES = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
];

let page: Page;

test.beforeAll(async ({ sharedPage }) => {
  page = sharedPage;
  await startAgain(page, SMALL, { width: 1000, height: 900 });
  await openRoom(page, 'Export');
});

/** Does what ends in a file being saved. */
async function savedBy(act: () => Promise<void>): Promise<SavedFile> {
  const download = page.waitForEvent('download', { timeout: 380_000 });
  await act();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
}

async function openDialog(button: string, title: string): Promise<Locator> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog', { name: title });
  await expect(dialog).toBeVisible();
  return dialog;
}

const saved = (dialog: Locator) => savedBy(() => dialog.getByRole('button', { name: 'Save', exact: true }).click());
const madeAndSaved = (dialog: Locator) => savedBy(() => dialog.getByRole('button', { name: 'Make and save' }).click());

/** A number in a field; Enter in a window must not close it. */
async function type(dialog: Locator, label: string, value: number): Promise<void> {
  await dialog.getByLabel(label).fill(String(value));
  await dialog.getByLabel(label).press('Enter');
}

async function close(dialog: Locator): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

test('the room saves the present view in one step', async () => {
  const { name, bytes } = await savedBy(() => page.getByRole('button', { name: 'Save picture' }).click());
  expect(name).toBe('trifold-seed-0.png');
  const side = await page.evaluate(
    () => document.querySelector('trifold-app')!.studio.state.model!.config.imageResolution,
  );
  expect(decode(bytes)).toMatchObject({ width: side, height: side, channels: 3 });
  await expectNoAxeFinding(page, SIZES);
});

test('a picture has the chosen size, and alpha if it is cut out', async () => {
  const dialog = await openDialog('Size and background…', 'Picture');
  await expect(dialog.getByRole('img', { name: 'Preview of the picture' })).toBeVisible();
  await type(dialog, 'Size in pixels', 300);
  await expect(dialog.getByText(/trifold-seed-0\.png, \d+ KB/)).toBeVisible();
  const opaque = await saved(dialog);
  expect(opaque.name).toBe('trifold-seed-0.png');
  expect(decode(opaque.bytes)).toMatchObject({ width: 300, height: 300, channels: 3 });

  await dialog.getByLabel('Transparent background').check();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeEnabled();
  const { width, height, channels, data } = decode((await saved(dialog)).bytes);
  expect({ width, height, channels }).toEqual({ width: 300, height: 300, channels: 4 });
  const alphaAt = (x: number, y: number) => data[(y * width + x) * 4 + 3]!;
  expect(alphaAt(0, 0)).toBe(0); // a corner above the shoulders
  expect(alphaAt(150, 150)).toBeGreaterThan(230); // the middle of the face
  await expectNoAxeFinding(page, SIZES);

  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByText('Copied.')).toBeVisible();
  const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => [...item.types]));
  expect(types).toContain('image/png');
});

test('a picture of an impossible size is refused in a sentence', async () => {
  const dialog = page.getByRole('dialog', { name: 'Picture' });
  await type(dialog, 'Size in pixels', 5);
  await expect(dialog.getByRole('alert')).toContainText('Choose a whole number of pixels from 16 to 4096.');
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await close(dialog);
});

test('a turntable of five seconds has the right size, length and frames', async () => {
  test.setTimeout(400_000);
  const dialog = await openDialog('Video…', 'Video');
  await type(dialog, 'Seconds', VIDEO.seconds);
  await dialog.getByLabel('Frames a second').selectOption(String(VIDEO.fps));
  await type(dialog, 'Size in pixels', VIDEO.side);
  await dialog.getByLabel('Format').selectOption('webm');
  await expect(dialog.getByText(`${FRAMES} frames`)).toBeVisible();
  await expectNoAxeFinding(page, SIZES);
  const { name, bytes } = await savedBy(async () => {
    await dialog.getByRole('button', { name: 'Make and save' }).click();
    await expect(dialog.getByText(/Frame \d+ of 60/)).toBeVisible();
  });
  await expect(dialog.getByText(/trifold-seed-0\.webm, \d+ KB/)).toBeVisible();
  const video = dialog.locator('video');
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBe(VIDEO.side);
  await expectNoAxeFinding(page, SIZES);

  expect(name).toBe('trifold-seed-0.webm');
  const again = await savedBy(() => dialog.getByRole('button', { name: 'Save again' }).click());
  expect(again.bytes.length).toBe(bytes.length);
  const { frames, ...decoded } = await decodedVideo(bytes);
  expect(decoded).toEqual({ packets: FRAMES, width: VIDEO.side, height: VIDEO.side, duration: VIDEO.seconds });
  expect(frames.length).toBe(FRAMES);
  frames.forEach(({ timestamp }, index) => {
    expect(Math.abs(timestamp / 1e6 - index / VIDEO.fps)).toBeLessThan(0.001); // WebM stores whole milliseconds
  });
  const front = frames[0]!.mean;
  const back = frames[FRAMES / 2]!.mean;
  expect(Math.abs(front - back)).toBeGreaterThan(1); // the back of the head is another picture
});

/** Times from the container, pictures from the browser's own decoder. */
async function decodedVideo(bytes: Uint8Array<ArrayBuffer>) {
  using input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const packets: { readonly data: number[]; readonly timestamp: number; readonly type: 'key' | 'delta' }[] = [];
  for await (const { data, timestamp, type } of new EncodedPacketSink(track).packets()) {
    packets.push({ data: [...data], timestamp: Math.round(timestamp * 1e6), type });
  }
  const config = (await track.getDecoderConfig())!;
  const codec = config.codec;
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const duration = await input.computeDuration();
  const frames = await page.evaluate(
    async ({ codec, width, height, packets }) => {
      const found: { timestamp: number; mean: number }[] = [];
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      const decoder = new VideoDecoder({
        output: (frame) => {
          context.drawImage(frame, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          const sum = data.reduce((total, value, at) => (at % 4 < 3 ? total + value : total), 0);
          found.push({ timestamp: frame.timestamp, mean: sum / (width * height * 3) });
          frame.close();
        },
        error: (error) => {
          throw error;
        },
      });
      decoder.configure({ codec, codedWidth: width, codedHeight: height });
      for (const { data, timestamp, type } of packets) {
        decoder.decode(new EncodedVideoChunk({ data: Uint8Array.from(data), timestamp, type }));
      }
      await decoder.flush();
      return found;
    },
    { codec, width, height, packets },
  );
  return { packets: packets.length, width, height, duration: Math.round(duration * 100) / 100, frames };
}

test('a video that is stopped leaves nothing behind but a page that works', async () => {
  const dialog = page.getByRole('dialog', { name: 'Video' });
  await dialog.getByRole('button', { name: 'Make and save' }).click();
  await expect(dialog.getByText(/Frame [1-9]\d* of 60/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText('Stopped. There is no file.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save again' })).toBeHidden();
  await dialog.getByText('Walk', { exact: true }).click();
  await expect(dialog.getByText('The face has only one source')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Make and save' })).toBeDisabled();
  await dialog.getByText('Path of views', { exact: true }).click();
  await expect(dialog.getByText('Add two views or more first')).toBeVisible();
  await close(dialog);
  await untilStill(page);
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.setSeed(5));
  await untilStill(page);
});

test('a short camera path as a zip of pictures', async () => {
  const addView = page.getByRole('button', { name: 'Add this view' });
  await addView.click();
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.moveCamera((view) => ({ ...view, yaw: 1 })));
  await addView.click();
  await expect(page.getByText('2 views')).toBeVisible();
  const dialog = await openDialog('Video…', 'Video');
  await type(dialog, 'Seconds', 0.2);
  await dialog.getByLabel('Format').selectOption('zip');
  const { name, bytes } = await madeAndSaved(dialog);
  expect(name).toBe('trifold-seed-5.zip');
  expect(String.fromCharCode(...bytes.subarray(0, 2))).toBe('PK');
  await close(dialog);
  await page.getByRole('button', { name: 'Clear the path of views' }).click();
  await expect(page.getByText('no views yet')).toBeVisible();
});

test('a mesh passes the validator, and a level without a surface is said', async () => {
  const dialog = await openDialog('Mesh…', 'Mesh');
  await expect(dialog.getByText(/[\d,]+ triangles in the preview/)).toBeVisible();
  await expect(dialog.getByText(/Densities here reach from −?\d+ to \d+/)).toBeVisible();
  await expectNoAxeFinding(page, SIZES);
  const preview = dialog.getByRole('img', { name: 'Preview of the surface' });
  const front = await preview.screenshot();
  await dialog.getByLabel('Turn').fill('120');
  expect(await preview.screenshot()).not.toEqual(front);

  await type(dialog, 'Density level as a number', 9000);
  await expect(dialog.getByRole('alert')).toContainText('There is no surface at level 9000');
  await dialog.getByRole('button', { name: 'Make and save' }).click();
  await expect(dialog.getByRole('alert')).toHaveCount(2);
  await type(dialog, 'Density level as a number', 10);
  await expect(dialog.getByText(/[\d,]+ triangles in the preview/)).toBeVisible();

  await dialog.getByLabel('Resolution').selectOption('64');
  const { name, bytes } = await madeAndSaved(dialog);
  await expect(dialog.getByText(/trifold-seed-5\.glb, \d+ KB/)).toBeVisible();
  expect(name).toBe('trifold-seed-5.glb');
  const { issues, info } = await validateBytes(bytes);
  expect(issues.messages).toEqual([]);
  expect(info.totalTriangleCount).toBeGreaterThan(3000);

  await dialog.getByLabel('Format').selectOption('stl');
  expect((await madeAndSaved(dialog)).bytes.length).toBe(84 + 50 * info.totalTriangleCount);
  await close(dialog);
});

test('a mesh that is stopped leaves a page that works', async () => {
  const dialog = await openDialog('Mesh…', 'Mesh');
  await expect(dialog.getByText(/[\d,]+ triangles in the preview/)).toBeVisible();
  await dialog.getByLabel('Resolution').selectOption('256');
  await dialog.getByRole('button', { name: 'Make and save' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText('Stopped. There is no file.')).toBeVisible();
  await close(dialog);
  expect(await page.evaluate(() => document.querySelector('trifold-app')!.studio.state.meshPreview)).toBeUndefined();
  await untilStill(page);
});
