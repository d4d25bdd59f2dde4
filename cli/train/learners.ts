/** The kinds of learners, each fetched when it is wanted. */
import type { LearnerKind } from '../../src/training/loops/learner';
import type { TrainableKind } from './kinds';

export const TRAINABLE: Readonly<Record<LearnerKind, () => Promise<TrainableKind>>> = {
  scene: async () => (await import('./scene')).scene,
  gan: async () => (await import('./gan')).gan,
  student: async () => (await import('./student')).student,
};
