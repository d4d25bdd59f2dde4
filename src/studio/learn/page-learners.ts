/** What can be learnt in the page, each fetched when it is first chosen. */
import type { LearnerKind } from './learn-state';
import type { PageLearner } from './page-learner';

const LEARNERS: Readonly<Record<LearnerKind, () => Promise<PageLearner>>> = {
  scene: async () => (await import('./page-scene')).PAGE_SCENE,
  gan: async () => (await import('./page-gan')).PAGE_GAN,
  student: async () => (await import('./page-student')).PAGE_STUDENT,
};

export function pageLearner(kind: LearnerKind): Promise<PageLearner> {
  return LEARNERS[kind]();
}
