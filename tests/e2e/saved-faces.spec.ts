/** Saved faces: kept over a reload, brought back with their view, mixed, renamed, exported, deleted and imported. */
import { readFile } from 'node:fs/promises';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { expectNoAxeFinding } from './axe';
import {
  comeAgain,
  difference,
  openStudio,
  picture,
  QUICK,
  seedShown,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
  watch,
} from './support';

test.describe.configure({ mode: 'serial' });

let context: BrowserContext;
let page: Page;
let watched: ReturnType<typeof watch>;
/** The file of the face that was exported. */
let exported: Buffer;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  page = await context.newPage();
  watched = watch(page);
  await comeAgain(page);
  await openStudio(page, `${QUICK}&seed=3&yaw=-25&distance=0.9`);
  await unfold(page, 'Saved faces');
});

test.afterAll(async () => {
  watched.check();
  await context.close();
});

const bringBack = (name: string) => page.getByRole('button', { name: `Bring back ${name}` });

test('a face that was saved is there after a reload, and brings back the same picture', async () => {
  await expect(page.getByText('No faces are saved on this device yet.')).toBeVisible();
  await untilStill(page);
  const original = await picture(page);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Seed 3');
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByRole('button', { name: 'Save this face' }).click();
  await expect(page.getByText('“Ada” is saved on this device.')).toBeVisible();
  await expect(bringBack('Ada')).toBeVisible();
  const thumbnail = bringBack('Ada').locator('img');
  await expect.poll(() => thumbnail.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96);

  await page.evaluate(() => {
    const { studio } = document.querySelector('trifold-app')!;
    studio.setSeed(8);
    studio.resetCamera();
  });
  await untilStill(page);
  expect(difference(await picture(page), original)).toBeGreaterThan(1);
  await page.reload();
  await untilReady(page);
  await unfold(page, 'Saved faces');
  await bringBack('Ada').click();
  await untilStill(page);
  expect(await seedShown(page)).toBe(3);
  expect(difference(await picture(page), original)).toBe(0);
});

test('a saved face is renamed, mixed with and walked through', async () => {
  await page.getByRole('button', { name: 'More for Ada' }).click();
  await page.getByLabel('New name for Ada').fill('Grace');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(bringBack('Grace')).toBeVisible();
  await page.getByRole('button', { name: 'More for Grace' }).click();
  await page.getByRole('button', { name: 'Mix with this' }).click();
  expect((await studioState(page)).face).toMatchObject({
    mode: 'mix',
    sources: [
      { kind: 'seed', seed: 3 },
      { kind: 'face', name: 'Grace' },
    ],
  });
  await page.getByRole('button', { name: 'Add to the walk' }).click();
  const { face } = await studioState(page);
  expect(face.mode).toBe('walk');
  expect(face.sources.length).toBe(3);
});

test('faces go out to a file and come in again; a deletion can be undone', async () => {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export all' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('trifold-faces.json');
  exported = await readFile(await file.path());
  expect(JSON.parse(exported.toString())).toMatchObject({ format: 'trifold-faces', faces: [{ name: 'Grace' }] });

  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('“Grace” is deleted.')).toBeVisible();
  await expect(bringBack('Grace')).toBeHidden();
  await page.getByText('“Grace” is deleted.').locator('..').getByRole('button', { name: 'Undo' }).click();
  await expect(bringBack('Grace')).toBeVisible();

  await importFile(exported);
  await expect(page.getByText('No face has come. One face of the file was there already.')).toBeVisible();
  await page.getByRole('button', { name: 'More for Grace' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(bringBack('Grace')).toBeHidden();
  await importFile(exported);
  await expect(page.getByText('One face has come.')).toBeVisible();
  await expect(bringBack('Grace')).toBeVisible();
});

test('a file from elsewhere is refused in a sentence, and nothing is lost', async () => {
  await importFile(Buffer.from('{"cats":3}'));
  await expect(page.getByText('The file holds no faces of Trifold.')).toBeVisible();
  await expect(bringBack('Grace')).toBeVisible();
});

test('a face of another model says so, and offers what is possible', async () => {
  const file = JSON.parse(exported.toString());
  const [face] = file.faces;
  Object.assign(face, {
    id: 'cat',
    name: 'Tom',
    model: { ...face.model, fingerprint: 'ab'.repeat(32), name: 'cats.pkl' },
  });
  await importFile(Buffer.from(JSON.stringify(file)));
  await bringBack('Tom').click();
  await expect(page.getByText('“Tom” was made with another model, “cats.pkl”.')).toBeVisible();
  await expectNoAxeFinding(page);
  await page.getByRole('button', { name: 'Use it here' }).click();
  expect((await studioState(page)).face).toMatchObject({ mode: 'single', sources: [{ kind: 'seed', seed: 3 }] });
  await bringBack('Tom').click();
  await page.getByRole('button', { name: 'Open that model' }).click();
  await expect(page.getByText('is not kept on this device')).toBeVisible();
  await expect(bringBack('Tom')).toBeVisible();
});

async function importFile(buffer: Buffer): Promise<void> {
  const input = page.locator('trifold-faces input[type=file]');
  await input.setInputFiles({ name: 'faces.json', mimeType: 'application/json', buffer });
}
