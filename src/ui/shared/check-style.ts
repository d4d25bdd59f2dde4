/** A check box of usual size in a target that a thumb can hit: `<label class="check"><input type="checkbox" /> words</label>`. */
import { css } from 'lit';

export const checks = css`
  .check {
    display: flex;
    align-items: center;
    min-height: var(--control);
    cursor: pointer;
  }
  .check:has(:disabled) {
    opacity: 0.5;
    cursor: default;
  }
  .check input {
    appearance: none;
    position: relative;
    flex: none;
    width: var(--control);
    height: var(--control);
    margin: 0 0 0 -0.75rem;
    border-radius: var(--round);
    cursor: inherit;
    opacity: 1;
  }
  .check input::before,
  .check input:checked::after {
    content: '';
    position: absolute;
    inset: 12px;
    border: 1px solid var(--control-line);
    border-radius: 4px;
    background: var(--surface);
  }
  .check input:checked::before {
    border-color: var(--accent);
    background: var(--accent);
  }
  .check input:checked::after {
    inset: 13px 18px 17px;
    border: solid var(--on-accent);
    border-width: 0 2px 2px 0;
    border-radius: 0;
    background: none;
    transform: rotate(40deg);
  }
`;
