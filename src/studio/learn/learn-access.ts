import type { OpenedModel } from '../model/open-model';
import type { DeviceShare } from '../model/shared-device';
import type { Screen } from '../view/screen';

/** What learning needs of the rest of the studio. */
export interface LearnAccess {
  /** Of the page: its bundled scenes are beside it. */
  readonly page: URL;
  readonly prefersReducedMotion: () => boolean;
  /** The present one; undefined while nothing is on screen. */
  screen(): Screen | undefined;
  takeDevice(): DeviceShare;
  /** What is on screen, with its file. */
  model(): OpenedModel | undefined;
  /** Opens what was learnt, as any file. */
  openFile(file: File): Promise<void>;
}
