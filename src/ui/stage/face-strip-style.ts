/** How the strip of faces looks: a row that scrolls, of tiles as high as a thumb, and what is dragged over it. */
import { css } from 'lit';

export const faceStripStyle = css`
  :host {
    --side: 3.75rem;
    display: flex;
    align-items: center;
    justify-content: safe center;
    gap: 0.5rem;
    min-width: 0;
  }
  .row {
    display: flex;
    gap: 0.9rem;
    min-width: 0;
    padding: 5px;
    overflow: auto hidden;
    overscroll-behavior: contain;
    scrollbar-width: none;
    touch-action: pan-x;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .group {
    display: flex;
    gap: 0.4rem;
  }
  .group + .group {
    position: relative;
  }
  .group + .group::before {
    content: '';
    position: absolute;
    inset-block: 15%;
    inset-inline-start: -0.5rem;
    border-inline-start: 1px solid var(--control-line);
    opacity: 0.5;
  }
  [role='option'] {
    position: relative;
    flex: none;
    width: var(--side);
    border-radius: var(--round);
    cursor: pointer;
  }
  [role='option']::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 1px solid color-mix(in srgb, var(--control-line) 40%, transparent);
    border-radius: inherit;
    pointer-events: none;
  }
  [role='option']:hover::after {
    border-color: var(--text);
  }
  [role='option'][aria-selected='true']::after {
    inset: -2px;
    border: 3px solid var(--accent);
  }
  [role='option'].taken {
    opacity: 0.45;
  }
  [role='option'].target {
    scale: 1.08;
  }
  [role='option'].target::after {
    border: 3px dashed var(--accent);
  }
  trifold-thumbnail {
    border-radius: inherit;
  }
  button.icon {
    flex: none;
    width: var(--control);
    border-radius: 50%;
  }
  .ghost {
    position: fixed;
    z-index: 5;
    inset: calc(var(--drag-y) - var(--side) / 2) auto auto calc(var(--drag-x) - var(--side) / 2);
    width: var(--side);
    border-radius: var(--round);
    box-shadow: var(--shadow);
    pointer-events: none;
  }
  .ghost small {
    position: absolute;
    inset: auto 0 -1.6rem;
    margin: auto;
    width: fit-content;
    padding: 0 0.5rem;
    border-radius: 8px;
    background: var(--text);
    color: var(--page);
    font-size: 0.82rem;
  }
  .menu {
    width: max-content;
  }
  .menu button {
    display: block;
  }
  @media (orientation: portrait) and (max-width: 60rem) {
    :host {
      --side: 3.5rem;
      justify-content: start;
    }
  }
  @media (forced-colors: active) {
    [role='option'][aria-selected='true']::after {
      border-color: Highlight;
    }
  }
`;
