/**
 * The pure parts of StyleGAN3: layer geometry and filters as the official implementation has them, and the memory that full-size networks take.
 * Networks and kernels are in tests/gpu/models/stylegan3.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import type { StyleGan3Config } from '../../../src/models/config';
import { ParameterStore } from '../../../src/models/parameters';
import { designLowpassFilter } from '../../../src/models/stylegan3/filters';
import { type StyleGan3Layer, stylegan3Geometry, stylegan3NumWs } from '../../../src/models/stylegan3/geometry';
import { stylegan3Synthesis } from '../../../src/models/stylegan3/synthesis';
import { DEFAULT_LIMITS } from '../../full-size';
import { type ReferenceLayer, stylegan3Config } from '../../support/stylegan3-cases';
import { caseOptions, expectClose, readFixture } from '../fixtures';

const GEOMETRY_TOLERANCE = 1e-12; // both sides compute in f64
const FILTER_TOLERANCE = 1e-7; // the file holds f32
const vectors = readFixture('stylegan3');
const NETWORKS = ['T', 'R'] as const;

/** The layer under the names that the reference uses. */
function inReferenceTerms(layer: StyleGan3Layer, clamp: number): ReferenceLayer {
  const [before, after] = layer.padding;
  return {
    in_channels: layer.inChannels,
    out_channels: layer.outChannels,
    in_size: layer.inSize,
    out_size: layer.outSize,
    in_sampling_rate: layer.inSamplingRate,
    out_sampling_rate: layer.outSamplingRate,
    tmp_sampling_rate: layer.workingSamplingRate,
    in_cutoff: layer.inCutoff,
    out_cutoff: layer.outCutoff,
    in_half_width: layer.inHalfWidth,
    out_half_width: layer.outHalfWidth,
    up_factor: layer.upFactor,
    down_factor: layer.downFactor,
    up_taps: layer.upTaps,
    down_taps: layer.downTaps,
    padding: [before, after, before, after],
    conv_kernel: layer.convKernel,
    is_torgb: layer.isPicture,
    critical: layer.isCritical,
    clamp,
  };
}

describe.each(NETWORKS)('geometry of %s', (network) => {
  const config = stylegan3Config(vectors, network);
  const { input, layers } = stylegan3Geometry(config);

  it('gives the names of all layers', () => {
    expect(layers.map(({ name }) => name)).toEqual(caseOptions(vectors, `${network}.layer_names`));
  });

  it('gives every number of every layer', () => {
    const reference = caseOptions<Record<string, ReferenceLayer>>(vectors, `${network}.layers`);
    expect(layers).toHaveLength(Object.keys(reference).length);
    for (const layer of layers) {
      const actual = Object.entries(inReferenceTerms(layer, config.convClamp));
      const expected: Record<string, ReferenceLayer[keyof ReferenceLayer]> = { ...reference[layer.name]! };
      expect(actual.map(([name]) => name).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, value] of actual) {
        const wanted = expected[name];
        if (typeof value !== 'number' || typeof wanted !== 'number') expect(value, name).toEqual(wanted);
        else expect(Math.abs(value - wanted), `${layer.name}.${name}`).toBeLessThanOrEqual(GEOMETRY_TOLERANCE);
      }
    }
  });

  it('gives the input', () => {
    expect({
      channels: input.channels,
      size: input.size,
      sampling_rate: input.samplingRate,
      bandwidth: input.bandwidth,
      output_scale: config.outputScale,
      num_ws: stylegan3NumWs(config),
    }).toEqual(caseOptions(vectors, `${network}.input`));
  });
});

describe('geometry', () => {
  const config = stylegan3Config(vectors, 'T');
  it.each([{ resolution: 48 }, { resolution: 2 }, { criticalLayers: 14 }, { criticalLayers: 0 }, { convKernel: 5 }])(
    'refuses %o',
    (wrong) => {
      expect(() => stylegan3Geometry({ ...config, ...wrong })).toThrow(ShapeError);
    },
  );
});

describe('designLowpassFilter', () => {
  it('filter_radial12', () => {
    const { numtaps, cutoff, width, fs } = caseOptions<Record<'numtaps' | 'cutoff' | 'width' | 'fs', number>>(
      vectors,
      'filter_radial12',
    );
    const { taps } = designLowpassFilter({ size: numtaps, cutoff, width, samplingRate: fs, isRadial: true });
    expectClose('filter_radial12', taps, vectors.floats('filter_radial12'), FILTER_TOLERANCE);
  });

  it.each(NETWORKS)('designs all filters of %s', (network) => {
    const config = stylegan3Config(vectors, network);
    let compared = 0;
    for (const layer of stylegan3Geometry(config).layers) {
      const sides = [
        { name: 'up_filter', size: layer.upTaps, cutoff: layer.inCutoff, half: layer.inHalfWidth, isRadial: false },
        {
          name: 'down_filter',
          size: layer.downTaps,
          cutoff: layer.outCutoff,
          half: layer.outHalfWidth,
          isRadial: config.radialFilters && !layer.isCritical,
        },
      ];
      for (const { name, size, cutoff, half, isRadial } of sides) {
        const stored = `${network}.param.synthesis.${layer.name}.${name}`;
        if (!vectors.has(stored)) continue; // the picture layer filters nothing
        const samplingRate = layer.workingSamplingRate;
        const { taps } = designLowpassFilter({ size, cutoff, width: 2 * half, samplingRate, isRadial });
        expectClose(stored, taps, vectors.floats(stored), FILTER_TOLERANCE);
        compared++;
      }
    }
    expect(compared).toBe(vectors.names().filter((name) => name.startsWith(network) && /_filter$/.test(name)).length);
  });

  it('is no filter at length 1, sums to 1, and refuses a cutoff beyond half the rate', () => {
    const design = { size: 9, cutoff: 4, width: 6, samplingRate: 32, isRadial: true };
    expect(designLowpassFilter({ ...design, size: 1 }).taps).toEqual([1]);
    const { taps } = designLowpassFilter(design); // an odd length has a tap in the middle, where the formulas divide 0 by 0
    expect(Array.from(taps).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(() => designLowpassFilter({ ...design, cutoff: 17 })).toThrow(ShapeError);
  });
});

describe('memory of a full-size network under default limits', () => {
  const common = { ...stylegan3Config(vectors, 'R'), wDim: 512, imageChannels: 32, layers: 14 };
  const LARGEST_BINDING = DEFAULT_LIMITS.maxStorageBufferBindingSize;
  const cases: [name: string, config: StyleGan3Config, largestMegabytes: number][] = [
    ['R, 64 x 64', { ...common, resolution: 64, channelBase: 32768, channelMax: 512 }, 14.5],
    ['T, 128 x 128', { ...common, resolution: 128, channelBase: 32768, channelMax: 512, convKernel: 3 }, 46.2],
    [
      'R with twice the channels, 128 x 128',
      { ...common, resolution: 128, channelBase: 65536, channelMax: 1024 },
      89.8,
    ],
  ];
  it.each(cases)('%s', (_, config, largestMegabytes) => {
    const host = new MemorySurvey({ adapter: { isSoftware: false }, limits: DEFAULT_LIMITS });
    const plan = new PlanBuilder(host, 'student');
    const ws = plan.tensor('ws', [1, stylegan3NumWs(config), config.wDim]);
    const image = plan.keep(stylegan3Synthesis(plan, new ParameterStore(host), config, ws));
    plan.reserve();
    expect(image.shape).toEqual([1, config.resolution, config.resolution, 32]);
    expect(host.largest.bytes).toBeLessThanOrEqual(LARGEST_BINDING);
    console.info(`largest allocation: ${host.largest.label}, ${host.largest.bytes / 1e6} MB`);
    expect(plan.largestScratch / 1e6).toBeLessThan(largestMegabytes);
    expect(plan.largestScratch / 1e6).toBeGreaterThan(largestMegabytes * 0.98);
  });
});
