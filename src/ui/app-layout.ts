/** Where the parts of the page are: stage and rooms, in each kind of window (shared/layout-media.ts); page.css has the measures. */
import { css, unsafeCSS } from 'lit';
import { LOW_MEDIA, SHEET_MEDIA, TINY_MEDIA } from './shared/layout-media';

export const layout = css`
  /* page.css has the measures of the layout, which is also that of the page before this script. */
  :host {
    display: grid;
    grid-template:
      'brand actions links rooms' var(--header)
      'stage stage stage rooms' minmax(0, 1fr)
      'strip strip strip rooms' var(--strip)
      'status status status rooms' var(--status) / auto auto minmax(0, 1fr) var(--rooms);
    height: 100dvh;
    overflow: hidden;
    color: var(--text);
    font: 0.9375rem/1.45 system-ui, sans-serif;
    accent-color: var(--accent);
  }
  main,
  header {
    display: contents;
  }
  h1 {
    grid-area: brand;
    align-self: center;
    margin: 0;
    padding-inline: 1.25rem;
    font-size: 1.1rem;
    font-weight: 700;
    letter-spacing: -0.01em;
  }
  trifold-actions {
    grid-area: actions;
    align-self: center;
  }
  .links {
    grid-area: links;
    place-self: center end;
    display: flex;
    gap: 0.25rem;
    padding-inline: 0.5rem;
  }
  .open {
    display: flex;
    align-items: center;
    gap: 0.45rem;
    white-space: nowrap;
  }
  @media (max-width: 64rem) {
    .open {
      justify-content: center;
      width: var(--control);
      padding: 0;
    }
    .open span {
      display: none;
    }
  }
  .stage {
    grid-area: stage;
    position: relative;
    min-width: 0;
    min-height: 0;
    padding-inline: var(--stage-start) var(--stage-end);
  }
  trifold-viewport {
    height: 100%;
  }
  /* Something else has the stage. */
  .behind {
    visibility: hidden;
  }
  trifold-tools {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0.5rem;
    height: fit-content;
    margin-block: auto;
  }
  trifold-face-strip {
    grid-area: strip;
    align-self: center;
    min-width: 0;
    padding-inline: 1rem;
  }
  trifold-status {
    grid-area: status;
    align-self: center;
    min-width: 0;
  }
  trifold-rooms {
    grid-area: rooms;
    border-inline-start: 1px solid var(--line);
  }
  /* A phone that is held upright: the settings are a sheet. */
  @media ${unsafeCSS(SHEET_MEDIA)} {
    :host {
      grid-template:
        'brand status links' var(--header)
        'stage stage stage' minmax(0, 1fr)
        'strip strip strip' auto
        'actions actions actions' auto
        'rooms rooms rooms' auto / auto minmax(0, 1fr) auto;
    }
    h1 {
      padding-inline: 0.75rem 0.25rem;
    }
    trifold-face-strip {
      height: var(--strip);
    }
    trifold-actions {
      place-self: center;
      height: var(--actions);
      padding-block: 0.25rem;
    }
    trifold-status {
      justify-self: center;
      max-width: 100%;
    }
    /* What is set can be seen: the picture has the place of the strip. */
    main:has(trifold-rooms[sheet='tall']) trifold-face-strip {
      display: none;
    }
    .stage {
      padding-block-end: var(--tools);
    }
    trifold-tools {
      inset: auto 0 0;
      width: fit-content;
      margin-inline: auto;
    }
    trifold-rooms {
      border: 0;
    }
  }
  @media ${unsafeCSS(SHEET_MEDIA)} and (max-height: 56rem) {
    main:has(trifold-rooms[sheet='half']) trifold-face-strip {
      display: none;
    }
  }
  /* Little height: every line of it is the picture's. */
  @media ${unsafeCSS(LOW_MEDIA)} {
    :host {
      grid-template:
        'actions links rooms' var(--header)
        'stage stage rooms' minmax(0, 1fr) / auto minmax(0, 1fr) var(--rooms);
    }
    /* In the moment before it is in the room Face. */
    trifold-face-strip {
      display: none;
    }
    h1 {
      position: absolute;
      clip-path: inset(50%);
    }
    trifold-actions {
      padding-inline-start: 0.5rem;
    }
    .stage {
      --below-notes: 2.4rem; /* the line with the figures lies there */
    }
    trifold-status {
      grid-area: stage;
      place-self: end start;
      z-index: 1;
      margin: 0.25rem;
      border-radius: var(--round);
      background: color-mix(in srgb, var(--surface) 80%, transparent);
    }
  }
  /* A window of a few centimetres, or a page that is enlarged so far. */
  @media ${unsafeCSS(TINY_MEDIA)} {
    :host {
      grid-template:
        'actions links' var(--header)
        'stage rooms' minmax(0, 1fr)
        'status status' var(--status) / minmax(0, 1fr) var(--rooms);
    }
    trifold-tools {
      position: fixed;
      inset: auto auto 0 0;
      z-index: 1;
    }
    trifold-status {
      grid-area: status;
      place-self: center end;
      max-width: 5.5rem;
      margin: 0;
      overflow: hidden;
      background: none;
    }
    trifold-hint {
      display: none;
    }
    trifold-actions {
      padding-inline-start: 0.25rem;
    }
    .links {
      padding-inline: 0.25rem;
    }
    /* What went wrong has the room of everything that does not work anyway. */
    trifold-message:not(.loading) {
      position: fixed;
      inset-block-start: var(--header);
      z-index: 4;
      place-items: start center;
      padding: 0.5rem;
      overflow: auto;
    }
  }
  /* The whole screen: the picture, its tools, and the actions over it. */
  :host([fullscreen]) {
    grid-template: 'stage' minmax(0, 1fr) / minmax(0, 1fr);
  }
  :host([fullscreen]) :is(.links, trifold-face-strip, trifold-status, trifold-rooms) {
    display: none;
  }
  :host([fullscreen]) h1 {
    position: absolute;
    clip-path: inset(50%);
  }
  :host([fullscreen]) trifold-actions {
    grid-area: stage;
    place-self: start;
    z-index: 1;
    padding: 0.75rem;
  }
  :host([fullscreen]) .stage {
    padding: 0;
  }
  :host([fullscreen]) trifold-tools {
    inset-inline-end: 0.75rem;
  }
`;
