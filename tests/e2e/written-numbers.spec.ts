/** Seeds and angles typed as people write them. */
import { expect } from '@playwright/test';
import { openRoom, QUICK, startAgain, studioState, test } from './support';

const seedsOf = async (page: Parameters<typeof studioState>[0]) =>
  (await studioState(page)).face.sources.map((source) => (source.kind === 'seed' ? source.seed : source.name));

test('a seed field takes several seeds as a walk, steps by arrow keys, and says what it accepts', async ({
  studioPage: page,
}) => {
  await startAgain(page, `${QUICK}&seed=5`);
  await openRoom(page, 'Face');
  const seed = page.getByRole('spinbutton', { name: 'Seed', exact: true });
  await seed.press('ArrowUp');
  await seed.press('ArrowUp');
  await seed.press('ArrowDown');
  await expect(seed).toHaveValue('6');
  expect(await seedsOf(page)).toEqual([6]);

  await seed.fill('six');
  await seed.press('Enter');
  await expect(seed).toHaveValue('six');
  const complaint = await seed.evaluate((field: HTMLInputElement) => field.validationMessage);
  expect(complaint).toContain('0-3 or 0..3');
  await seed.blur();
  await expect(seed).toHaveValue('6');
  expect(await seedsOf(page)).toEqual([6]);

  await seed.fill('0-2, 7');
  await seed.press('Enter');
  expect((await studioState(page)).face.mode).toBe('walk');
  expect(await seedsOf(page)).toEqual([0, 1, 2, 7]);
  const second = page.getByRole('spinbutton', { name: 'Seed of B' });
  await second.fill('10..11');
  await second.press('Enter');
  expect(await seedsOf(page)).toEqual([0, 10, 11, 2, 7]);
});

test.describe('what is no seed is refused in a sentence, and the seed stays', () => {
  for (const [typed, sentence] of [
    ['-5', '"-5" is no seed: 6 stays. Write one seed, a whole number from 0 to 4294967295.'],
    ['1.5', '"1.5" is no seed: 6 stays.'],
    ['99999999999', '"99999999999" is beyond the largest seed: 6 stays.'],
    ['0-99', '"0-99" names too many seeds: 6 stays.'],
  ] as const) {
    test(`${typed}`, async ({ studioPage: page }) => {
      await startAgain(page, `${QUICK}&seed=6`);
      await openRoom(page, 'Face');
      const before = await page.getByRole('application').boundingBox();
      const seed = page.getByRole('spinbutton', { name: 'Seed', exact: true });
      await seed.fill(typed);
      await seed.blur();
      await expect(page.getByRole('alert')).toContainText(sentence);
      await expect(seed).toHaveValue('6');
      expect(await seedsOf(page)).toEqual([6]);
      expect(await page.getByRole('application').boundingBox()).toEqual(before); // nothing moves
      await seed.fill('8');
      await expect(page.getByRole('alert')).toBeHidden();
      await seed.press('Enter');
      expect(await seedsOf(page)).toEqual([8]);
    });

    test(`${typed} in a link`, async ({ studioPage: page }) => {
      await startAgain(page, `${QUICK}&seed=${typed}`);
      await expect(page.getByRole('status', { name: 'Notices' })).toContainText(`In the link, "${typed}"`);
      expect(await seedsOf(page)).toEqual([0]);
    });
  }
});

test('a link takes them as well', async ({ studioPage: page }) => {
  await startAgain(page, `${QUICK}&seed=3-4&yaw=${encodeURIComponent('−20°')}`);
  const { face, view } = await studioState(page);
  expect(face.mode).toBe('walk');
  expect(await seedsOf(page)).toEqual([3, 4]);
  expect((view.yaw * 180) / Math.PI).toBeCloseTo(-20, 5);
});
