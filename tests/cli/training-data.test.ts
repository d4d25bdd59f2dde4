/** What `trifold train --data` may be given: folders with links in them, zip archives, the file with the cameras. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../cli/errors';
import { openTrainingFiles } from '../../cli/training-data';
import { openPosedPictures } from '../../src/training/data/open-posed-pictures';
import { cameraAt, nameOf, pngHead, transformsFiles } from '../support/posed-picture-files';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trifold-data-'));
  const files = transformsFiles([0, 1, 2].map((x) => cameraAt([0, 0, 0, 1], [x, 0, 0])));
  for (const [name, data] of Object.entries(files)) {
    const path = join(folder, 'scene', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
  }
  const linked = join(folder, 'scene', nameOf(2));
  await writeFile(join(folder, 'elsewhere.png'), pngHead());
  await rm(linked);
  await symlink(join(folder, 'elsewhere.png'), linked);
  await symlink(join(folder, 'nowhere'), join(folder, 'scene', 'dangling.png'));
});

afterAll(() => rm(folder, { recursive: true }));

test.each(['scene', 'scene/transforms.json', '.'])('%s', async (path) => {
  const { pictures } = await openPosedPictures(await openTrainingFiles(join(folder, path)));
  expect(pictures).toHaveLength(3);
  expect(await pictures[2]!.bytes()).toEqual(pngHead());
});

test('the bundled scene, zipped', async () => {
  const data = await openPosedPictures(await openTrainingFiles('public/scenes/armillary.zip'));
  expect(data.pictures).toHaveLength(60);
});

test('what is not there', async () => {
  await expect(openTrainingFiles(join(folder, 'else'))).rejects.toThrow(UsageError);
});
