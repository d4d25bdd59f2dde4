/** The kinds of learners, each fetched when it is wanted. */
import type { LearnerKind } from '../../src/training/loops/learner';
import type { TrainableKind } from './kinds';

export const TRAINABLE: Readonly<Partial<Record<LearnerKind, () => Promise<TrainableKind>>>> = {
  gan: async () => (await import('./gan')).gan,
  student: async () => (await import('./student')).student,
};
