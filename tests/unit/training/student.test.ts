/** What decides a run of distillation, and the student's network before its first step. */
import { describe, expect, it } from 'vitest';
import { ModelConfigError, readGeneratorConfig } from '../../../src/models/generator-config';
import { readStudentConfig } from '../../../src/models/student-config';
import { featureFlops, freshStudent, studentConfigOf, studentTensors } from '../../../src/training/student/network';
import {
  LOSS_SETS,
  type LossSet,
  STUDENT_PRESETS,
  type StudentPreset,
  type StudentSettings,
} from '../../../src/training/student/settings';
import { stagesOf, studentStage } from '../../../src/training/student/stages';
import { drawnFace } from '../../../src/training/student/teacher';
import { readModel } from '../fixtures';

const teacherFile = readModel('portrait-eg3d');
const teacher = readGeneratorConfig(teacherFile);
const PRESETS = Object.entries<StudentPreset>(STUDENT_PRESETS);

function settingsOf(preset: keyof typeof STUDENT_PRESETS, losses?: LossSet): StudentSettings {
  return STUDENT_PRESETS[preset].settings({ seed: 1, losses });
}

describe.each(PRESETS)('preset %s', (_, preset) => {
  const settings = preset.settings({ seed: 1 });
  const config = studentConfigOf(settings, teacher);

  it('has a feature network of at most 1 GFLOP a picture', () => {
    const flops = featureFlops(config.features);
    console.info(`${preset.label}: ${(flops / 1e9).toFixed(2)} GFLOP`);
    expect(flops).toBeLessThan(1e9);
  });

  it('keeps the proportions of the generator', () => {
    expect(config.imageResolution / settings.neuralResolution).toBe(2);
    expect(config.superResolution.inputResolution).toBe(settings.neuralResolution);
    expect(config.superResolution.blocks).toEqual(teacher.superResolution.blocks);
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });
});

/** With few channels, so that little has to be drawn. */
const narrow = (settings: StudentSettings): StudentSettings => ({ ...settings, channelMax: 12, mappingLayers: 1 });

describe('a student before its first step', () => {
  const settings = narrow(settingsOf('32'));
  const config = studentConfigOf(settings, teacher);

  it('is a whole file of its configuration, with the super-resolution of the generator', () => {
    const file = freshStudent(settings, config, teacherFile);
    expect(readStudentConfig(file)).toEqual(config);
    expect(file.names().sort()).toEqual(
      studentTensors(config)
        .map(({ name }) => name)
        .sort(),
    );
    const name = 'superresolution.block1.conv1.weight';
    expect(file.floats(name)).toEqual(teacherFile.floats(name));
    const drawn = 'synthesis.b8.conv0.weight';
    expect(file.floats(drawn)).toEqual(freshStudent(settings, config, teacherFile).floats(drawn));
  });

  it('has nothing of the generator in the baseline', () => {
    const file = freshStudent(narrow(settingsOf('32', 'pc-gan')), config, teacherFile);
    const name = 'superresolution.block1.conv1.weight';
    expect(file.floats(name)).not.toEqual(teacherFile.floats(name));
  });

  it('of StyleGAN3 has frequencies below its bandwidth, no turn and no shift', () => {
    const stylegan3 = { ...settingsOf('stylegan3-32'), mappingLayers: 1 };
    const file = freshStudent(stylegan3, studentConfigOf(stylegan3, teacher), teacherFile);
    const frequencies = file.floats('synthesis.input.freqs');
    const lengths = Array.from({ length: frequencies.length / 2 }, (_, wave) =>
      Math.hypot(frequencies[2 * wave]!, frequencies[2 * wave + 1]!),
    );
    expect(Math.max(...lengths)).toBeLessThan(2); // the first cutoff
    const meanSquare = lengths.reduce((sum, length) => sum + length ** 2, 0) / lengths.length;
    expect(Math.abs(meanSquare - 2)).toBeLessThan(0.5); // half the squared radius of the disc
    expect([...file.floats('synthesis.input.affine.bias')]).toEqual([1, 0, 0, 0]);
  });

  it('is refused at a resolution to which the super-resolution cannot be brought', () => {
    const odd = { ...settings, neuralResolution: 32 };
    const config64 = { ...teacher, superResolution: { ...teacher.superResolution, inputResolution: 130 } };
    expect(() => studentConfigOf(odd, config64)).toThrow(ModelConfigError);
  });
});

it('the second stage begins after its images, where there is a first', () => {
  const stageAt = (losses: LossSet, images: number, adversarialImages = 100) =>
    studentStage({ ...settingsOf('32', losses), adversarialImages }, images);
  expect([0, 99, 100].map((images) => stageAt('full', images))).toEqual(['distil', 'distil', 'both']);
  expect(stageAt('hr+adv', 0, 0)).toBe('both');
  expect(stageAt('pc-gan', 0)).toBe('both');
  expect(stageAt('lr+hr', 1e9)).toBe('distil');
  for (const losses of Object.keys(LOSS_SETS) as LossSet[]) {
    expect(stagesOf(settingsOf('32', losses))).toContain(stageAt(losses, 0));
  }
});

it('faces are drawn by their number, those that are never learnt from apart', () => {
  const settings = settingsOf('32');
  const face = drawnFace(settings, teacher, 'learnt', 3);
  expect(drawnFace(settings, teacher, 'learnt', 3)).toEqual(face);
  expect(drawnFace(settings, teacher, 'held-out', 3).z).not.toEqual(face.z);
  expect(drawnFace({ ...settings, seed: 2 }, teacher, 'learnt', 3).z).not.toEqual(face.z);
  expect(face.cameras.length).toBe(settings.viewsPerFace);
});
