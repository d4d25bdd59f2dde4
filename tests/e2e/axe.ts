/** Accessibility by axe, in light and dark and at several sizes. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, type ViewportSize } from '@playwright/test';

/**
 * Fails with what axe finds in light and dark at each size; leaves the page in its former size, and light.
 * @param sizes default: the present one
 */
export async function expectNoAxeFinding(page: Page, sizes?: readonly ViewportSize[]): Promise<void> {
  const before = page.viewportSize()!;
  for (const viewport of sizes ?? [before]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), `${viewport.width} pixels, ${colorScheme}`).toEqual([]);
    }
  }
  await page.setViewportSize(before);
}

/**
 * All rules of axe, run four times as quickly as by default: the pages have no frames, for which it would open a page of its own, and nobody
 * reads what it writes of elements that are well.
 */
async function axeFindings(page: Page): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
