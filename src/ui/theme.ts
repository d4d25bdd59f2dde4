/**
 * Colours, sizes and the few rules that all elements share. Custom properties are set on the app (light, and dark by the system's
 * preference) and reach every element through inheritance; contrast is 4.5:1 or better for text, 3:1 for borders of controls and focus.
 */
import { css } from 'lit';

export const theme = css`
  :host {
    --page: #f2f2ef;
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
  @media (prefers-color-scheme: dark) {
    :host {
      --page: #121315;
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
  input[type='number'] {
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
  button:hover:not(:disabled) {
    background: var(--soft);
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: var(--accent-strong);
  }
  button:disabled,
  input:disabled,
  select:disabled {
    opacity: 0.5;
    cursor: default;
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
