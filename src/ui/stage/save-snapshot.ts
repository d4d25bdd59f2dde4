/** What is on the canvas as a PNG file: one press, no questions. The room Export makes pictures of any size. */
import { fileNameOf } from '../../studio/export/exports';
import { describeFailure } from '../../studio/shared/failure';
import { withNotice } from '../../studio/shared/state';
import type { Studio } from '../../studio/studio';
import { saveBlob } from '../shared/save-file';

/** Never rejects: what goes wrong is in a notice. */
export async function saveSnapshot(studio: Studio): Promise<void> {
  try {
    const { picture } = studio.state.settings;
    const blob = await studio.snapshot();
    if (blob) saveBlob(`${fileNameOf(studio.state.face)}${picture === 'image' ? '' : `-${picture}`}.png`, blob);
  } catch (error) {
    const { message, remedy } = describeFailure(error);
    const { notices } = studio.state;
    studio.store.update({ notices: withNotice(notices, { kind: 'snapshot-failed', message, remedy }) });
  }
}
