/**
 * Colours, sizes and the few rules that all elements share. Custom properties are set on the app (light, and dark by the system's
 * preference) and reach every element through inheritance; contrast is 4.5:1 or better for text, 3:1 for borders of controls and focus.
 */
import { type CSSResultGroup, css } from 'lit';
import { sliders } from './slider-style';

export const theme = css`
  :host {
    --page: #e9e9e4;
    --stage-glow: #ffffff;
    --surface: #ffffff;
    --text: #1b1c1e;
    --muted: #575b62;
    --line: #dcdcd7;
    --control-line: #85888e;
    --accent: #24549c;
    --accent-strong: #1b427d;
    --on-accent: #ffffff;
    --soft: #e6ebf3;
    --warning: #8a4b00;
    --focus: #24549c;
    --shadow: 0 1px 2px rgb(20 22 26 / 8%), 0 12px 32px rgb(20 22 26 / 10%);
    --round: 10px;
    --control: 44px;
    color-scheme: light dark;
  }
  @media (pointer: fine) and (min-width: 30.01rem) {
    :host {
      --control: 36px;
    }
  }
  @media (pointer: fine) and (max-width: 20rem) {
    :host {
      --control: 30px;
    }
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --page: #121315;
      --stage-glow: #2a2d31;
      --surface: #1b1d20;
      --text: #ededeb;
      --muted: #a8adb5;
      --line: #2f3237;
      --control-line: #7a7f88;
      --accent: #8db6f5;
      --accent-strong: #a9c8f8;
      --on-accent: #0d1a2d;
      --soft: #26303f;
      --warning: #f0b878;
      --focus: #8db6f5;
      --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px rgb(0 0 0 / 35%);
    }
  }
`;

export const controls = css`
  * {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button,
  select,
  input.number {
    min-height: var(--control);
    border: 1px solid var(--control-line);
    border-radius: var(--round);
    background: var(--surface);
    padding: 0 0.8rem;
  }
  button {
    cursor: pointer;
    font-weight: 550;
  }
  /* A finger leaves no pointer behind that would hover. */
  @media (hover: hover) {
    button:hover:not(:disabled) {
      background: var(--soft);
    }
    button.primary:hover:not(:disabled) {
      background: var(--accent-strong);
    }
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button:disabled,
  input:disabled,
  select:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .note-at-field {
    position: fixed;
    inset: auto;
    max-width: min(20rem, 100vw - 1rem);
    margin: 0;
    padding: 0.5rem 0.8rem;
    border: 1px solid var(--control-line);
    border-radius: var(--round);
    background: var(--surface);
    box-shadow: var(--shadow);
    color: var(--text);
    font-size: 0.87rem;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** The boxes that settings come in. */
export const sections: CSSResultGroup = [
  sliders,
  css`
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0.85rem 1rem 1rem;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    display: grid;
    gap: 0.6rem;
  }
  legend {
    float: left;
    padding: 0;
    font-weight: 650;
  }
  legend + * {
    clear: both;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 0.6rem;
  }
  .row > label {
    flex: 1;
  }
  .row > input.number {
    width: 10rem;
    min-width: 0;
  }
  .row > button {
    flex: 1;
  }
  .between {
    justify-content: space-between;
  }
  output,
  .figures {
    font-variant-numeric: tabular-nums;
    color: var(--muted);
  }
  .hint {
    margin: 0;
    color: var(--muted);
    font-size: 0.87rem;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.15rem 0.9rem;
    margin: 0;
    font-size: 0.87rem;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
  }
`,
];

/** Radio buttons that look like one bar. */
export const segments = css`
  .segments {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    border: 1px solid var(--control-line);
    border-radius: var(--round);
  }
  .segments label {
    position: relative;
    display: grid;
    place-items: center;
    min-height: var(--control);
    border-radius: calc(var(--round) - 1px);
    cursor: pointer;
  }
  .segments input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
  .segments label:hover {
    background: var(--soft);
  }
  .segments label:has(:checked) {
    background: var(--accent);
    color: var(--on-accent);
  }
  .segments label:has(:focus-visible) {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .segments label:has(:disabled) {
    opacity: 0.5;
    cursor: default;
  }
  .segments label:has(:disabled):not(:has(:checked)) {
    background: none;
  }
  /* Backgrounds are not painted there, but for those that say so. */
  @media (forced-colors: active) {
    .segments label:has(:checked) {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;

export const progressBar = css`
  progress {
    appearance: none;
    width: 100%;
    height: 8px;
    border: 0;
    border-radius: 4px;
    overflow: hidden;
    background: var(--soft);
  }
  progress::-webkit-progress-bar {
    background: var(--soft);
  }
  progress::-webkit-progress-value {
    background: var(--accent);
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
  /* Backgrounds are not painted there, but for those that say so. */
  @media (forced-colors: active) {
    progress {
      forced-color-adjust: none;
      border: 1px solid CanvasText;
    }
    progress::-webkit-progress-bar {
      background: Canvas;
    }
    progress::-webkit-progress-value {
      background: Highlight;
    }
  }
`;
