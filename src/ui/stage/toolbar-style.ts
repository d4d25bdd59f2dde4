/** How the bar of tools looks, with the names and keys that come beside a tool that one points at. */
import { css } from 'lit';

export const toolbar = css`
  :host {
    display: block;
    pointer-events: none; /* beside the bar the picture can be turned */
  }
  [role='toolbar'] {
    pointer-events: auto;
    display: flex;
    flex-flow: row wrap;
    justify-content: center;
    gap: 2px;
    padding: 3px;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: color-mix(in srgb, var(--surface) 88%, transparent);
    box-shadow: var(--shadow);
  }
  :host([orientation='vertical']) [role='toolbar'] {
    display: grid;
    grid-auto-flow: row;
  }
  /* A phone held sideways. */
  @media (max-height: 24rem) {
    :host([orientation='vertical']) [role='toolbar'] {
      grid-template-columns: auto auto;
    }
  }
  [role='toolbar'] > button {
    position: relative;
    width: var(--control);
    border: 0;
    background: none;
  }
  [role='toolbar'] > button:hover {
    background: var(--soft);
  }
  [role='toolbar'] > button[aria-pressed='true'],
  [role='toolbar'] > button:has(+ .menu:popover-open) {
    background: var(--soft);
    color: var(--accent);
  }
  /* A menu is behind it. */
  [aria-haspopup]::after {
    content: '';
    position: absolute;
    inset-inline-end: 4px;
    bottom: 4px;
    width: 6px;
    height: 6px;
    background: currentcolor;
    clip-path: polygon(100% 0, 100% 100%, 0 100%);
    opacity: 0.6;
    forced-color-adjust: none;
  }
  [aria-haspopup]:dir(rtl)::after {
    clip-path: polygon(0 0, 100% 100%, 0 100%);
  }
  .tip {
    position: absolute;
    z-index: 3;
    inset: 50% calc(100% + 10px) auto auto;
    translate: 0 -50%;
    display: flex;
    gap: 0.5rem;
    width: max-content;
    max-width: 16rem;
    padding: 0.2rem 0.6rem;
    border-radius: 8px;
    background: var(--text);
    color: var(--page);
    font-size: 0.82rem;
    font-weight: 500;
    pointer-events: none;
    visibility: hidden;
    opacity: 0;
  }
  .tip:dir(rtl) {
    inset: 50% auto auto calc(100% + 10px);
  }
  :host([orientation='horizontal']) .tip {
    inset: auto auto calc(100% + 10px) 50%;
    translate: -50% 0;
  }
  .tip kbd {
    border-color: currentcolor;
    color: inherit;
    opacity: 0.75;
  }
  button:focus-visible > .tip {
    visibility: visible;
    opacity: 1;
  }
  @media (hover: hover) {
    button:hover > .tip {
      visibility: visible;
      opacity: 1;
      transition: visibility 0s 0.35s, opacity 0.1s 0.35s;
    }
  }
  .without-tip .tip,
  button:has(~ button:hover) > .tip,
  button:hover ~ button > .tip,
  button:has(+ .menu:popover-open) > .tip {
    display: none;
  }
  #colour {
    position: absolute;
    width: 0;
    height: 0;
    padding: 0;
    border: 0;
    opacity: 0;
    pointer-events: none;
  }
  @media (forced-colors: active) {
    [aria-pressed='true'] {
      outline: 3px solid Highlight;
      outline-offset: -3px;
    }
    .tip {
      border: 1px solid;
    }
  }
`;
