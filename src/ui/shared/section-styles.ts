/**
 * The look of what a section of the panel is made of. Sections open and close: native `<details>`, which bring their keyboard and their
 * place in the accessibility tree.
 */
import { css } from 'lit';

export const folds = css`
  summary {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-height: var(--control);
    border-radius: var(--round);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary::after {
    content: '';
    flex: none;
    width: 0.5rem;
    height: 0.5rem;
    margin: 0 0.25rem 0.2rem auto;
    border: solid var(--muted);
    border-width: 0 2px 2px 0;
    transform: rotate(45deg);
  }
  details[open] > summary::after {
    margin-bottom: -0.2rem;
    transform: rotate(225deg);
  }
  summary:hover::after {
    border-color: var(--text);
  }
  /* A section of the panel. */
  details.section {
    min-width: 0;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
  }
  .section > summary {
    padding: 0 1rem;
    border-radius: 14px;
    font-weight: 650;
  }
  .section > fieldset {
    padding: 0.2rem 1rem 1rem;
    border: 0;
    background: none;
  }
  /* A fold within a section. */
  details.fold > summary {
    color: var(--muted);
    font-weight: 550;
  }
  .folded {
    display: grid;
    gap: 0.6rem;
    padding-bottom: 0.3rem;
  }
`;

/** What the elements within a section look like from outside. */
export const inSection = css`
  :host {
    display: grid;
    gap: 0.6rem;
    min-width: 0;
  }
  :host > * {
    min-width: 0;
  }
`;

/** Buttons with a drawing in the place of a word. */
export const icons = css`
  button.icon {
    display: grid;
    place-items: center;
    padding: 0;
  }
  button svg {
    flex: none;
    width: 20px;
    height: 20px;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;
