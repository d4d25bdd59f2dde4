/** A student's configuration, the cameras it was trained with, what can be shown of it, and how many faces fit at once. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { lookFrom, orbitAt, pan } from '../../../src/camera/orbit';
import { assumedViews, type TrainedViews, viewExcesses } from '../../../src/camera/trained-views';
import { ModelConfigError, readGeneratorConfig } from '../../../src/models/generator-config';
import { expectStudentFits, studentNumWs, teacherLayers } from '../../../src/models/student';
import { isStudentFile, readStudentConfig } from '../../../src/models/student-config';
import { stripYaws } from '../../../src/render/pictures/compare-views';
import { settingsOf } from '../../../src/render/quality';
import { estimateMemory, estimateStudentMemory, largestBatch, type MemoryEstimate } from '../../../src/render/wiring';
import { type StudentFacts, studentFactsOf, teacherMatch } from '../../../src/studio/model/student-facts';
import { renderersShown, type Shown, shownNow, wantsStudent } from '../../../src/studio/view/shown';
import { DEFAULT_LIMITS } from '../../full-size';
import { readModel } from '../fixtures';

const FILE = readModel('portrait-student');
const TEACHER = readGeneratorConfig(readModel('portrait-eg3d'));
const PLAIN_DEVICE = { adapter: { isSoftware: false }, limits: DEFAULT_LIMITS };
const DEGREES = Math.PI / 180;

/** The bundled file's metadata with other fields under `config.student` or beside it. */
function fileWith(student: object, metadata: Record<string, string> = {}) {
  const config = JSON.parse(FILE.metadata.config!);
  return {
    metadata: {
      ...FILE.metadata,
      config: JSON.stringify({ ...config, student: { ...config.student, ...student } }),
      ...metadata,
    },
  };
}

describe('the configuration', () => {
  it('of the bundled student', () => {
    const config = readStudentConfig(FILE);
    expect(isStudentFile(FILE)).toBe(true);
    expect(config.mapping).toMatchObject({
      zDim: 256,
      cDim: 25,
      wDim: 256,
      numWs: undefined,
      layers: 4,
      lrMultiplier: 1,
    });
    expect(config.features).toMatchObject({
      kind: 'stylegan2',
      synthesis: { resolution: 128, imageChannels: 32, convClamp: 256 },
    });
    expect(config.superResolution).toEqual(TEACHER.superResolution);
    expect(config.alphaFeature).toBe(31);
    expect(config.teacherSha256).toMatch(/^441b71b0/);
    expect(config.trainedViews).toEqual({ yaw: [-75, 75], pitch: [-25, 35], radius: [2.7, 2.7] });
    expect(() => expectStudentFits(config, TEACHER)).not.toThrow();
  });

  it('of StyleGAN3 students: T and R differ in kernels and filters', () => {
    const [t, r] = ['stylegan3-t', 'stylegan3-r'].map((architecture) => {
      const { features } = readStudentConfig(fileWith({ architecture }));
      return features.kind === 'stylegan3' ? features : undefined;
    });
    expect(t?.synthesis).toMatchObject({ convKernel: 3, radialFilters: false, layers: 14, resolution: 128 });
    expect(r?.synthesis).toMatchObject({ convKernel: 1, radialFilters: true });
    expect(studentNumWs(t!)).toBe(16);
    expect(teacherLayers(t!, 12)).toEqual([0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11]);
  });

  it('names the training cameras where the file does', () => {
    const views = { yaw: [-90, 90], pitch: [-20, 20], radius: [2, 3] };
    expect(readStudentConfig(fileWith({}, { trained_views: JSON.stringify(views) })).trainedViews).toEqual(views);
  });

  test.each([
    ['another architecture', { architecture: 'stylegan4' }, {}, /stylegan2, stylegan3-t, stylegan3-r/],
    ['an odd kernel', { architecture: 'stylegan3-t', conv_kernel: 2 }, {}, /conv_kernel/],
    ['a hash that is none', {}, { teacher_sha256: 'me' }, /teacher_sha256/],
    ['a descending range', {}, { trained_views: '{"pitch":[3,1],"radius":[1,1]}' }, /ascending/],
    [
      'a channel for alpha that is none',
      {},
      { config: JSON.stringify({ ...JSON.parse(FILE.metadata.config!), alpha_feature: 32 }) },
      /alpha_feature/,
    ],
    ['another format', {}, { format: 'eg3d-generator' }, /eg3d-student/],
    ['no configuration', {}, { config: '[]' }, /JSON object/],
  ])('refuses %s', (_, student, metadata, message) => {
    const read = () => readStudentConfig(fileWith(student, metadata));
    expect(read).toThrow(ModelConfigError);
    expect(read).toThrow(message);
  });

  it('refuses a generator of another w', () => {
    const other = { ...TEACHER, mapping: { ...TEACHER.mapping, wDim: 512 } };
    expect(() => expectStudentFits(readStudentConfig(FILE), other)).toThrow(/512/);
  });
});

describe('cameras of training', () => {
  const home = { yaw: 0, pitch: 0, radius: 2.7, pivot: [0, 0, 0] as const, focal: 4 };
  const trained: TrainedViews = { pitch: [-30, 40], radius: [2.7, 2.7] };
  const look = (yaw: number, pitch: number, radius = 2.7) =>
    lookFrom(orbitAt(home), { yaw: yaw * DEGREES, pitch: pitch * DEGREES, radius });

  it('a view among them, or a little beyond, is nothing to speak of', () => {
    for (const view of [look(0, 0), look(179, 40), look(-90, -34), look(0, 0, 2.9)]) {
      expect(viewExcesses(view, trained)).toEqual([]);
    }
  });

  it('tells what lies outside, by how much, and what the limit was', () => {
    expect(viewExcesses(look(0, 60), trained)).toEqual([{ what: 'pitch', value: expect.closeTo(60), limit: 40 }]);
    expect(viewExcesses(look(0, 0, 1.5), trained)).toEqual([{ what: 'radius', value: 1.5, limit: 2.7 }]);
    const panned = pan(look(0, 0), 200, 0, { width: 400, height: 400 });
    expect(viewExcesses(panned, trained).map(({ what }) => what)).toEqual(['pivot']);
    expect(viewExcesses(look(120, 0), assumedViews(home)).map(({ what }) => what)).toEqual(['yaw']);
  });
});

describe('what is shown', () => {
  const facts = studentFactsOf(
    { name: 'student', origin: 'bundled', fileBytes: 1, parameters: 1, config: readStudentConfig(FILE) },
    { radius: 2.7 },
  );

  it('is the volumetric picture until the student is there', () => {
    const wanted: Shown = { layout: 'wipe', renderer: 'volumetric', wipe: 0.3, against: 'convolutional' };
    expect(wantsStudent(wanted)).toBe(true);
    expect(wantsStudent({ ...wanted, layout: 'single' })).toBe(false);
    expect(wantsStudent({ ...wanted, against: 'depth' })).toBe(false);
    expect(renderersShown(shownNow(wanted, { status: 'available', bytes: 1 }))).toEqual(['volumetric']);
    expect(renderersShown(shownNow(wanted, { status: 'ready', facts }))).toEqual(['volumetric', 'convolutional']);
  });

  it('says whose student it is', () => {
    const model = (sha256: string | undefined) => ({ sha256 }) as Parameters<typeof teacherMatch>[1];
    expect(facts.areViewsAssumed).toBe(false);
    const silent = { ...facts.config, trainedViews: undefined };
    expect(studentFactsOf({ ...facts, config: silent }, { radius: 2.7 }).areViewsAssumed).toBe(true);
    expect(teacherMatch(facts, model(facts.config.teacherSha256))).toBe('match');
    expect(teacherMatch(facts, model('0'.repeat(64)))).toBe('mismatch');
    expect(teacherMatch(facts, model(undefined))).toBe('unknown');
    const anonymous: StudentFacts = { ...facts, config: { ...facts.config, teacherSha256: undefined } };
    expect(teacherMatch(anonymous, model('0'.repeat(64)))).toBe('unknown');
  });
});

it('the strip looks from eleven yaws, evenly, to both sides', () => {
  const degrees = stripYaws().map((yaw) => Math.round(yaw / DEGREES));
  expect(degrees).toEqual([-75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75]);
  expect(stripYaws(1)).toEqual([0]);
});

describe('the largest batch', () => {
  const estimate =
    (most: number, bytesEach: number) =>
    (batch: number): MemoryEstimate => ({
      weightsBytes: 100,
      planBytes: batch * bytesEach,
      largestBinding: batch,
      largestLabel: 'x',
      fits: batch <= most,
      problem: undefined,
    });

  it('is the last that the device can bind and the budget holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 100_000 }),
        (most, each, budget) => {
          const within = Math.max(0, Math.floor((budget - 100) / each));
          expect(largestBatch(estimate(most, each), budget)).toBe(Math.min(most, within));
        },
      ),
    );
  });

  it('ends where memory never runs out', () => {
    expect(largestBatch(estimate(1e9, 0), 1e12)).toBe(4096);
  });

  it('of the bundled pair: memory grows with the batch, and the student needs less of it than a face with its planes', () => {
    const config = readStudentConfig(FILE);
    const settings = settingsOf(TEACHER.rendering);
    const volumetric = (batch: number) => estimateMemory(TEACHER, settings, PLAIN_DEVICE, batch);
    const convolutional = (batch: number) => estimateStudentMemory(TEACHER, config, PLAIN_DEVICE, batch);
    for (const of of [volumetric, convolutional]) {
      expect(of(4).weightsBytes).toBeCloseTo(of(1).weightsBytes, -5);
      expect(of(4).planBytes).toBeGreaterThan(3 * of(1).planBytes);
    }
    expect(convolutional(1).planBytes).toBeLessThan(volumetric(1).planBytes);
    // One binding of a plain device holds the planes of five faces (256 x 256 x 96 floats each), or 16 pictures of 256 x 256 x 32.
    expect(largestBatch(volumetric, 2 ** 40)).toBe(5);
    expect(largestBatch(convolutional, 2 ** 40)).toBe(16);
    expect(largestBatch(convolutional, 2 ** 28)).toBeGreaterThan(largestBatch(volumetric, 2 ** 28));
  });
});
