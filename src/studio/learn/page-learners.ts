/** What can be learnt in the page, each fetched when it is first chosen. */
import type { LearnerKind } from './learn-state';
import type { PageLearner } from './page-learner';

const LEARNERS: Partial<Record<LearnerKind, () => Promise<PageLearner>>> = {
  gan: async () => (await import('./page-gan')).PAGE_GAN,
  student: async () => (await import('./page-student')).PAGE_STUDENT,
};

/** @returns undefined for what cannot be learnt here */
export async function pageLearner(kind: LearnerKind): Promise<PageLearner | undefined> {
  return LEARNERS[kind]?.();
}
