/**
 * A model whose feature planes hold a number that is not finite: of these planes no picture can be made, which costs that picture and nothing
 * else. Only the built page can tell: its minifier renames the class of the error, and by its code the error must still be known.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import { VIEW_STRINGS } from '../../src/ui/strings/view';
import { fixturePath } from '../support/fixture-path';
import {
  contrast,
  expectNewViewOnly,
  FINE,
  openRoom,
  openStudio,
  picture,
  studioState,
  test,
  untilStill,
} from './support';

const HALF_INFINITY = 0x7c00;
const HALF_ONE = 0x3c00;

test('planes that are not finite are refused, and the page goes on drawing', async ({ page }) => {
  await openStudio(page, FINE);
  await open(page, 'damaged.safetensors', damagedModel());
  await openRoom(page, 'Inspect');
  await openRoom(page, 'Inspect');
  await page.getByRole('radio', { name: VIEW_STRINGS.pictureNames['plane-0'] }).check();
  const notice = page.getByText(
    /^The feature planes of this face hold (-?Infinity|NaN)\. .*The final picture is shown instead\.$/,
  );
  await expect(notice).toBeVisible();
  await untilStill(page);
  expect(await studioState(page)).toMatchObject({ status: 'ready', settings: { picture: 'image' } });
  expect(contrast(await picture(page))).toBeGreaterThan(15);
  await page.getByRole('application').focus();
  await expectNewViewOnly(page, () => page.keyboard.press('ArrowRight'));
});

async function open(page: Page, name: string, buffer: Buffer): Promise<void> {
  const file = { name, mimeType: 'application/octet-stream', buffer };
  await page.locator('input[type=file][accept*=safetensors]').setInputFiles(file);
  await expect
    .poll(() => page.evaluate(() => document.querySelector('trifold-app')!.studio.state.model?.name))
    .toBe(name);
  await untilStill(page);
}

/**
 * The small model with a noise that is infinite at one corner of its two finest layers, and without the limit that would hide it: the planes
 * are infinite at that corner, far from the head.
 */
function damagedModel(): Buffer {
  const file = withoutLimit(readFileSync(fixturePath('small/small-eg3d.safetensors')));
  const checkpoint = parseSafetensors(file);
  for (const layer of ['b16.conv1', 'b32.conv1']) {
    writeHalf(checkpoint.bytes(`backbone.synthesis.${layer}.noise_strength`), HALF_ONE);
    writeHalf(checkpoint.bytes(`backbone.synthesis.${layer}.noise_const`), HALF_INFINITY);
  }
  return file;
}

function writeHalf(bytes: Uint8Array, half: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(0, half, true);
}

/** The safetensors file with another configuration in its header. */
function withoutLimit(file: Buffer): Buffer {
  const end = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, end));
  const config = { ...JSON.parse(header.__metadata__.config), conv_clamp: null };
  header.__metadata__.config = JSON.stringify(config);
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  return Buffer.concat([length, text, file.subarray(end)]);
}
