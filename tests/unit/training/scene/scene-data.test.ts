/** Pictures and rays of a scene, and settings that cannot be. */
import { describe, expect, test } from 'vitest';
import { camToWorldFromAxes } from '../../../../src/camera/look-at';
import { TrainingDataError, TrainingSizeError } from '../../../../src/training/data/errors';
import type { PosedPictures } from '../../../../src/training/data/posed-pictures';
import { NO_NORMALISATION } from '../../../../src/training/data/scene-normalisation';
import { decodeScene } from '../../../../src/training/scene/scene-pictures';
import { drawnRays, raysOfPicture } from '../../../../src/training/scene/scene-rays';
import {
  checkSceneSettings,
  parameterCount,
  SCENE_PRESETS,
  SceneSettingError,
} from '../../../../src/training/scene/scene-settings';

const camToWorld = camToWorldFromAxes([1, 0, 0], [0, -1, 0], [0, 0, -1], [0.1, 0.2, 2]);
const intrinsics = Float64Array.from([2, 0, 0.5, 0, 1, 0.5, 0, 0, 1]);

function posed(count: number): PosedPictures {
  const pictures = Array.from({ length: count }, (_, at) => ({
    name: `${at}.png`,
    bytes: async () => Uint8Array.of(at),
    camera: { camToWorld, intrinsics },
    split: at === 0 ? ('test' as const) : ('train' as const),
  }));
  return { kind: 'transforms', pictures, notes: [] };
}

describe('pictures', () => {
  test('with alpha are laid on white; held-out ones are apart', async () => {
    const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0);
    const scene = await decodeScene(posed(2), NO_NORMALISATION, async () => ({ width: 2, height: 1, data }));
    expect([scene.train.length, scene.heldOut.length]).toEqual([1, 1]);
    expect([...scene.train[0]!.rgb]).toEqual([10, 20, 30, 255, 255, 255]);
    expect(scene.train[0]!.name).toBe('1.png');
  });

  test('of two sizes are refused, by name', async () => {
    const decode = async ([at]: Uint8Array) => ({ width: 2 + at!, height: 1, data: new Uint8Array(3 * (2 + at!)) });
    await expect(decodeScene(posed(2), NO_NORMALISATION, decode)).rejects.toThrow(TrainingSizeError);
    await expect(decodeScene(posed(2), NO_NORMALISATION, decode)).rejects.toThrow(/1\.png/);
  });

  test('that cannot be decoded are refused, by name', async () => {
    const decode = () => Promise.reject(new Error('no'));
    await expect(decodeScene(posed(2), NO_NORMALISATION, decode)).rejects.toThrow(TrainingDataError);
    await expect(decodeScene(posed(2), NO_NORMALISATION, decode)).rejects.toThrow(/0\.png/);
  });
});

describe('rays', () => {
  const camera = { camToWorld, intrinsics };

  test('go through the middles of pixels; cones are as wide as those', () => {
    const { origins, directions } = raysOfPicture(camera, { width: 4, height: 2 });
    expect(origins.slice(0, 4)).toEqual(Float32Array.of(0.1, 0.2, 2, 0.5));
    // The last pixel: right of the middle by 3/8 of a width, below it by 1/4 of a height; the camera looks to -z with y up.
    const [x, y] = [3 / 8 / 2, 1 / 4];
    const length = Math.hypot(x, y, 1);
    const expected = [x / length, -y / length, -1 / length, 2 / Math.sqrt(12) / 8];
    expected.forEach((value, at) => {
      expect(directions[4 * 7 + at]).toBeCloseTo(value, 6);
    });
  });

  test('of a step are drawn from pictures to learn from, with their colours', async () => {
    const colours = Uint8Array.from({ length: 3 * 8 }, (_, at) => 10 * at);
    const scene = await decodeScene(posed(3), NO_NORMALISATION, async () => ({ width: 4, height: 2, data: colours }));
    const numbers = [0, 0.999, 0.5, 0.1, 0.2, 0.3]; // three places among 16 pixels, three beginnings
    const source = { rand: (count: number) => numbers.splice(0, count), randn: () => [] };
    const { origins, directions, wanted } = drawnRays(scene, 3, source);
    const all = raysOfPicture(camera, scene);
    for (const [ray, pixel] of [0, 7, 0].entries()) {
      expect(directions.slice(4 * ray, 4 * ray + 4)).toEqual(all.directions.slice(4 * pixel, 4 * pixel + 4));
      for (let channel = 0; channel < 3; channel++) {
        expect(wanted[3 * ray + channel]).toBeCloseTo((10 * (3 * pixel + channel)) / 255, 6);
      }
    }
    expect([origins[3], origins[7], origins[11]].map((value) => value!.toFixed(2))).toEqual(['0.10', '0.20', '0.30']);
  });
});

describe('settings', () => {
  test('of presets are right, and survive JSON', () => {
    for (const { settings } of Object.values(SCENE_PRESETS)) {
      const all = settings({ seed: 1 });
      checkSceneSettings(all);
      expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    }
  });

  test('voxels have as many numbers as tri-planes, within a few per cent', () => {
    const [planes, voxels] = [SCENE_PRESETS['tri-planes'], SCENE_PRESETS.voxels].map((preset) =>
      parameterCount(preset.settings({ seed: 1 })),
    );
    expect(voxels! / planes!).toBeGreaterThan(0.95);
    expect(voxels! / planes!).toBeLessThan(1.05);
  });

  test.each([
    ['rays', { rays: 0 }],
    ['samples', { samples: 1.5 }],
    ['steps', { steps: -1 }],
  ])('%s cannot be anything', (name, change) => {
    const settings = { ...SCENE_PRESETS['tri-planes'].settings({ seed: 1 }), ...change };
    expect(() => checkSceneSettings(settings)).toThrow(SceneSettingError);
    expect(() => checkSceneSettings(settings)).toThrow(name);
  });
});
