/** The address: links that can be read, and Back and Forward from face to face. */
import { expect, type Page } from '@playwright/test';
import { openRoom, QUICK, seedShown, startAgain, studioState, test, untilStill } from './support';

/** The fields of the address that are about the face. */
const faceIn = (page: Page) =>
  expect.poll(() => {
    const names = ['seed', 'mix', 'share', 'at', 'path', 'map', 'face'];
    const fields = [...new URLSearchParams(new URL(page.url()).hash.slice(1))];
    return fields.filter(([name]) => names.includes(name)).map(([name, value]) => `${name}=${value}`);
  });

const changeFace = (page: Page, seed: number) =>
  page.evaluate((wanted) => document.querySelector('trifold-app')!.studio.setSeed(wanted), seed);

test('links stay readable: of a seed, a mix with one share, a walk, a place on the map, and when Mix is left', async ({
  studioPage: page,
}) => {
  await startAgain(page, `${QUICK}&seed=7`);
  await openRoom(page, 'Face');
  const mode = (name: string) => page.getByRole('radio', { name, exact: true });
  await mode('Mix').check();
  await faceIn(page).toEqual(['mix=7,8', 'share=0.5']);
  expect(page.url()).toContain('mix=7,8&share=0.5');
  await page.getByRole('slider', { name: 'Shape, hair, pose' }).fill('0.8');
  await faceIn(page).toEqual([expect.stringMatching(/^face=1\./)]);
  await mode('Walk').check();
  await faceIn(page).toEqual(['seed=7,8']);
  await mode('Map').check();
  await faceIn(page).toEqual(['map=0,0']);
  await mode('One face').check();
  await faceIn(page).toEqual(['seed=7']);
});

test('Back and Forward go from face to face, and bring back the view of each', async ({ studioPage: page }) => {
  await startAgain(page, `${QUICK}&seed=1`);
  await changeFace(page, 2);
  await faceIn(page).toEqual(['seed=2']);
  const entries = () => page.evaluate(() => history.length);
  const count = await entries();
  await page.getByRole('application').press('ArrowRight');
  await untilStill(page);
  await expect.poll(() => page.url()).toContain('yaw=');
  expect(await entries()).toBe(count); // the camera makes none
  const { yaw } = (await studioState(page)).view;
  await page.getByRole('button', { name: 'New face' }).click();
  const third = await seedShown(page);
  await faceIn(page).toEqual([`seed=${third}`]);

  await page.goBack();
  await expect.poll(() => seedShown(page)).toBe(2);
  expect((await studioState(page)).view.yaw).toBeCloseTo(yaw, 3);
  await page.goBack();
  await expect.poll(() => seedShown(page)).toBe(1);
  await page.goForward();
  await page.goForward();
  await expect.poll(() => seedShown(page)).toBe(third);
  await faceIn(page).toEqual([`seed=${third}`]);
  expect(await entries()).toBe(count + 1);
});

test('a slider that is dragged makes one entry', async ({ studioPage: page }) => {
  await startAgain(page, `${QUICK}&seed=1`);
  const entries = () => page.evaluate(() => history.length);
  const count = await entries();
  await page.evaluate(async () => {
    const { studio } = document.querySelector('trifold-app')!;
    for (let step = 1; step <= 20; step++) {
      studio.setPsi(0.7 + step / 50);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await expect.poll(() => page.url()).toContain('psi=1.1');
  expect(await entries()).toBe(count + 1);
  await page.goBack();
  await expect.poll(async () => (await studioState(page)).face.psi).toBe(0.7);
});

test('Back leaves no notice and no half of another face, however quickly it is pressed', async ({
  studioPage: page,
}) => {
  await startAgain(page, `${QUICK}&seed=1`);
  await changeFace(page, 2);
  await page.goBack(); // at once
  await expect.poll(() => seedShown(page)).toBe(1);
  await untilStill(page);
  await faceIn(page).toEqual(['seed=1']);
  expect((await studioState(page)).notices).toEqual([]);
});
