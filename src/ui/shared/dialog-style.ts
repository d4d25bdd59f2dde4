/** How a window over the page looks and closes: a native dialog whose head stays in sight, and which is the whole screen on a phone. */
import { css } from 'lit';

export const dialogs = css`
  :host {
    display: contents;
  }
  dialog {
    width: min(var(--dialog-width, 76rem), 100vw - 2rem);
    max-width: none;
    max-height: calc(100dvh - 2rem);
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    color: var(--text);
    box-shadow: var(--shadow);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .title {
    position: sticky;
    top: 0;
    z-index: 2;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    padding: 0.6rem 0.75rem 0.6rem 1.25rem;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  @media (max-width: 36rem) {
    dialog {
      width: 100vw;
      height: 100dvh;
      max-height: none;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
    .title {
      padding-left: 1rem;
    }
  }
`;

/** Closes a dialog that is pressed beside: `<dialog @click=${closeBeside}>`. */
export function closeBeside(event: MouseEvent): void {
  const dialog = event.currentTarget as HTMLDialogElement;
  if (event.target === dialog) dialog.close(); // what is in the dialog fills it
}
