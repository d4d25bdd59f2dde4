/**
 * The room Learn, as a person meets it: start, curves that move, pause, reload, go on, take it away, open it in the viewer; for a scene, a generator and a
 * student, each a few steps long. What is learnt in so few steps is nothing; that it goes on with the same bits is for the tests of runs.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { encode } from 'fast-png';
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import type { LearnerKind } from '../../src/studio/learn/learn-state';
import { expectNoAxeFinding } from './axe';
import { comeAgain, openRoom, openStudio, smallTargets, test, untilReady, watch } from './support';

const PHONE = { width: 360, height: 740 };
const SIZES = [PHONE, { width: 800, height: 1000 }, { width: 1440, height: 900 }];
/** Steps of a run: some before the reload, some after it. */
const STEPS = 4;
/** A step of a few seconds, beside two others of such tests, on a software adapter. */
const PATIENCE = { timeout: 240_000 };

test.describe.configure({ mode: 'serial', timeout: 480_000 });

let page: Page;
/** The file of a scene that was learnt. */
let scene: Buffer;
let watched: ReturnType<typeof watch>;

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext({ viewport: SIZES[2]! }); // axe wants one of its own
  page = await context.newPage();
  watched = watch(page);
  await comeAgain(page);
  await openStudio(page);
});

test.afterAll(async () => {
  watched.check();
  await page.context().close();
});

test('says what can be learnt, shows the data that work at once, and how much it takes', async () => {
  await openRoom(page, 'Learn');
  for (const name of ['Train a generator', 'Distil a student']) {
    await page.getByRole('radio', { name }).check();
    await expect(page.getByLabel('It takes')).toContainText('of graphics memory');
    await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
  }
  await expectNoAxeFinding(page, SIZES);
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: /^Settings: / }).focus();
  for (let press = 0; press < 2; press++) await page.keyboard.press('ArrowUp');
  const tabs = page.getByRole('tablist', { name: 'Rooms' });
  expect(await tabs.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  expect(await smallTargets(page.locator('trifold-learn :is(button, select, input):visible'))).toEqual([]);
  await page.setViewportSize(SIZES[2]!);
});

test('pictures without cameras are refused, with the way to get cameras', async () => {
  await openRoom(page, 'Learn');
  await page.getByRole('radio', { name: 'Train a generator' }).check();
  await page.getByRole('radio', { name: 'Your own' }).check();
  const picture = await page.evaluate(async () => {
    const blob = await new OffscreenCanvas(8, 8).convertToBlob().catch(() => undefined);
    return blob ? [...new Uint8Array(await blob.arrayBuffer())] : [];
  });
  await page.evaluate((bytes) => {
    const folder = ['a.png', 'b.png'].map((path) => ({ path, blob: new Blob([new Uint8Array(bytes)]) }));
    document.querySelector('trifold-app')!.studio.learning.openData({ name: 'holidays', folder });
  }, picture);
  const alert = page.locator('trifold-learn-data').getByRole('alert');
  await expect(alert).toContainText('There are 2 pictures, but no cameras.');
  await expect(alert).toContainText('COLMAP');
  await expect(page.getByRole('button', { name: 'Start' })).toBeDisabled();
  await page.getByRole('radio', { name: 'Works at once' }).check();
});

test('another tab that trains is told before the first step', async () => {
  await openRoom(page, 'Learn');
  await page.evaluate(() => {
    Object.assign(window, {
      release: new Promise<() => void>((held) => {
        navigator.locks.request('trifold-training', () => new Promise<void>((release) => held(release)));
      }),
    });
  });
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('Training goes on already, in another tab.')).toBeVisible();
  await page.evaluate(async () => (await (window as unknown as { release: Promise<() => void> }).release)());
});

test('a generator: starts, pauses, survives a reload, goes on, is saved, and opens in the viewer', async () => {
  await begin('gan', 'Train a generator', async () => {
    await page.getByLabel('Pictures to make first').fill('8');
    await page.keyboard.press('Tab');
  });
  await pauseAndReload();
  await goOnToTheEnd();
  const { config } = parseSafetensors(await savedFile('generator.safetensors')).metadata;
  expect(JSON.parse(config!)).toMatchObject({ img_resolution: 32 });

  await page.getByRole('button', { name: 'Open in the viewer' }).click();
  await expect.poll(() => modelName(), PATIENCE).toBe('generator.safetensors');
  await expect(page.locator('trifold-learn-stage')).toHaveCount(0);
});

test('a student: starts, pauses, survives a reload, goes on, is saved, and the toggle takes it', async () => {
  // The generator of the test before is kept nowhere: after a reload it would be no teacher.
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.openBundled());
  await expect.poll(modelName, PATIENCE).toBe('Small');
  await begin('student', 'Distil a student');
  await pauseAndReload();
  await goOnToTheEnd();
  expect(parseSafetensors(await savedFile('student.safetensors')).metadata.format).toBe('eg3d-student');

  await page.getByRole('button', { name: 'Use it for the toggle' }).click();
  await expect
    .poll(() => page.evaluate(() => document.querySelector('trifold-app')!.studio.state.student.status), PATIENCE)
    .toBe('ready');
  await openRoom(page, 'Compare');
  await expect(page.getByRole('radio', { name: 'Convolutional' })).toBeEnabled();
});

test('a scene of one’s own pictures: a lost device costs nothing, and after a reload the pictures are opened again', async () => {
  const folder = await writePictures(test.info().outputPath('pictures'));
  await begin('scene', 'Fit a scene', async () => {
    await page.getByRole('radio', { name: 'Your own' }).check();
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await expect(page.getByText('7 to learn from, 1 held out to measure')).toBeVisible();
    await expect(page.getByRole('img', { name: '8 cameras around the box, 1 of them held out' })).toBeVisible();
    await expectNoAxeFinding(page, SIZES);
  });
  const room = page.locator('trifold-learn-run');
  await expect(room.getByText(`Step 1 of ${STEPS}`)).toBeVisible(PATIENCE);
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.gpu!.device.destroy());
  await expect(page.getByText('What is being learnt goes on from what was kept last.')).toBeVisible(PATIENCE);
  await pauseAndReload();
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await expect(page.getByText('This run learns from “pictures”, which is not open.')).toBeVisible();
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(page.getByText('7 to learn from, 1 held out to measure')).toBeVisible();
  await goOnToTheEnd();
  await expectNoAxeFinding(page, SIZES);
  scene = await savedFile('scene.safetensors');
  expect(parseSafetensors(scene).metadata.format).toBe('trifold-scene');
  const video = page.waitForEvent('download', PATIENCE);
  await page.getByRole('button', { name: 'Save video' }).click();
  expect((await video).suggestedFilename()).toMatch(/^scene(\.mp4|\.webm|-frames\.zip)$/);

  // On the stage it turns under the same keys as a head.
  const stage = page.getByRole('application', { name: /^The scene as it learns, seen from: / });
  const { view } = (await liveState())!;
  await stage.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await liveState())!.view.yaw).not.toBe(view.yaw);
  await page.getByRole('button', { name: 'Back to the face' }).click();
  await expect(stage).toBeHidden();
  await page.getByRole('checkbox', { name: 'Show it on the stage while it learns' }).check();
  await expect(stage).toBeVisible();
});

test('the file of a scene opens on the stage, from any room', async () => {
  await page.getByRole('button', { name: 'Learn something else' }).click();
  await openRoom(page, 'Export');
  await page
    .locator('header input[type=file]')
    .setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer: scene });
  await expect(page.getByRole('heading', { name: 'Scene: mine.safetensors' })).toBeVisible();
  await expect.poll(async () => (await liveState())?.step, PATIENCE).toBe(STEPS);
  await expect(page.getByRole('button', { name: 'Save mesh' })).toBeVisible();
});

test('a run that is deleted can be had back', async () => {
  await page.getByRole('button', { name: 'Learn something else' }).click();
  const runs = page.locator('trifold-learn-runs');
  const remove = runs.getByRole('button', { name: 'Delete Fit a scene: pictures' });
  await remove.click();
  await expect(remove).toBeHidden();
  await runs.getByRole('button', { name: 'Undo' }).click();
  await expect(remove).toBeVisible();
});

/** Eight grey pictures of 16 x 16 pixels, from cameras around the box, as a folder. */
async function writePictures(folder: string): Promise<string> {
  await mkdir(`${folder}/images`, { recursive: true });
  const frames = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const file_path = `images/${index}.png`;
      const data = new Uint8Array(16 * 16 * 3).map((_, at) => (at % (16 * 3) < 24 ? 255 : 40 + 20 * index));
      await writeFile(`${folder}/${file_path}`, encode({ width: 16, height: 16, data, channels: 3, depth: 8 }));
      const [sin, cos] = [Math.sin(index), Math.cos(index)];
      // OpenGL axes, z up: right, up, backward, place.
      const transform_matrix = [
        [cos, 0, sin, 2.7 * sin],
        [sin, 0, -cos, -2.7 * cos],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
      ];
      return { file_path, transform_matrix };
    }),
  );
  const camera = { w: 16, h: 16, fl_x: 36, fl_y: 36, cx: 8, cy: 8 };
  await writeFile(`${folder}/transforms.json`, JSON.stringify({ ...camera, frames }));
  return folder;
}

function liveState() {
  return page.evaluate(() => {
    const { live } = document.querySelector('trifold-app')!.studio.state;
    return live && { view: live.view, step: live.step };
  });
}

/** Chooses what to learn, and starts a run of a few steps. */
async function begin(kind: LearnerKind, name: string, choose: () => Promise<void> = async () => {}): Promise<void> {
  await openRoom(page, 'Learn');
  await expect(page.locator('trifold-learn-run, trifold-learn-plan')).toBeVisible();
  if ((await page.locator('trifold-learn-run').count()) > 0) {
    await page.getByRole('button', { name: 'Learn something else' }).click();
  }
  await page.getByRole('radio', { name }).check();
  await expect
    .poll(() => page.evaluate(() => document.querySelector('trifold-app')!.studio.state.learn))
    .toMatchObject({
      kind,
      data: { status: 'ready' },
      steps: expect.any(Number),
    });
  await choose();
  await page.getByRole('spinbutton', { name: 'Steps' }).fill(String(STEPS));
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Start' }).click();
}

/** Waits for curves, pauses, and comes back after a reload, to a run that offers to go on. */
async function pauseAndReload(): Promise<void> {
  const room = page.locator('trifold-learn-run');
  await expect(room.getByText(`Step 1 of ${STEPS}`)).toBeVisible(PATIENCE);
  await expect(room.locator('trifold-curves canvas').first()).toBeVisible();
  await expect(room.locator('trifold-curves td').first()).not.toBeEmpty();
  await expect(page.locator('trifold-learn-stage canvas')).toBeVisible();
  await room.getByRole('button', { name: 'Pause' }).click();
  await expect(room.getByText('Paused', { exact: true })).toBeVisible(PATIENCE);
  await page.reload();
  await untilReady(page);
  await openRoom(page, 'Learn');
  await expect(page.getByText('There is an unfinished run')).toBeVisible();
}

async function goOnToTheEnd(): Promise<void> {
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  const room = page.locator('trifold-learn-run');
  await expect(room.getByText('Done', { exact: true })).toBeVisible(PATIENCE);
  await expect(room.getByText(`Step ${STEPS} of ${STEPS}`)).toBeVisible();
  await expect(room.getByRole('status').getByText('Done: all steps are made.')).toBeAttached();
}

async function savedFile(name: string): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(name);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function modelName(): Promise<string | undefined> {
  return page.evaluate(() => document.querySelector('trifold-app')!.studio.state.model?.name);
}
