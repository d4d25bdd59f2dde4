import { expect, test } from 'vitest';
import { unseenYaws } from '../../../src/studio/compare/consistency';
import type { StudentFacts } from '../../../src/studio/model/student-facts';

test('yaws far outside the training of the student are told from the others', () => {
  const camera = { radius: 2.7, pivot: [0, 0, 0.2] as const, focal: 4.26 };
  const student = { trainedViews: { yaw: [-40, 40], pitch: [-30, 30], radius: [2.7, 2.7] } } as unknown as StudentFacts;
  const yaws = [-75, -45, 0, 45, 75].map((degrees) => (degrees * Math.PI) / 180);
  expect(unseenYaws(yaws, camera, student)).toEqual([yaws[0], yaws[4]]); // 45 is within the margin
});
