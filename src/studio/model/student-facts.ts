/** What the page tells about a student, and what it must not hide: a teacher that is not the model on screen, cameras it never saw. */
import type { OrbitState } from '../../camera/orbit';
import { assumedViews, type TrainedViews, type ViewExcess, viewExcesses } from '../../camera/trained-views';
import { matchTeacher, type StudentConfig, type TeacherMatch } from '../../models/student-config';
import { renderersShown, type Shown, shownNow } from '../view/shown';
import type { ModelFacts, ModelOrigin } from './model-facts';

export interface StudentFacts {
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly config: StudentConfig;
  readonly fileBytes: number;
  readonly parameters: number;
  readonly trainedViews: TrainedViews;
  /** Whether neither the file nor the page's index names the cameras, so that the usual ones are taken. */
  readonly areViewsAssumed: boolean;
}

/** Whether the model on screen is the one that a student was distilled from. */
export function teacherMatch({ config }: StudentFacts, model: ModelFacts): TeacherMatch {
  return matchTeacher(config, model.sha256);
}

/** What {@link studentViewExcesses} needs to know of the page; the `StudioState` has it all. */
interface StudentOnScreen {
  readonly student: { readonly status: string; readonly facts?: StudentFacts };
  readonly settings: Shown;
  readonly view: OrbitState;
}

/** In what the camera lies far outside the student's training; empty if the student is not on the canvas. */
export function studentViewExcesses({ student, settings, view }: StudentOnScreen): ViewExcess[] {
  const isShown = renderersShown(shownNow(settings, student)).includes('convolutional');
  return isShown && student.facts ? viewExcesses(view, student.facts.trainedViews) : [];
}

/** Facts of a student file. @param indexViews cameras that the page's index names for it */
export function studentFactsOf(
  file: Pick<StudentFacts, 'name' | 'origin' | 'fileBytes' | 'parameters' | 'config'>,
  camera: { readonly radius: number },
  indexViews?: TrainedViews,
): StudentFacts {
  const known = file.config.trainedViews ?? indexViews;
  return { ...file, trainedViews: known ?? assumedViews(camera), areViewsAssumed: known === undefined };
}
