/** The drawings on the tools: lines on a field of 24 x 24, in the colour of the text (the style `icons` of shared/section-styles.ts). */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import type { Comparison } from '../../studio/compare/comparison';

const DRAWINGS = {
  reset: svg`<path d="M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10.5 19v-5h3v5"/>`,
  turn: svg`<path d="M12 3.5v17" stroke-dasharray="2 3"/><path d="M7 8.6C4.5 9.3 3 10.6 3 12c0 2.2 4 4 9 4s9-1.8 9-4c0-1.4-1.5-2.7-4-3.4"/><path d="m14.5 5.5 3 3-3 3"/>`,
  shown: svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="3"/>`,
  background: svg`<rect x="3.5" y="3.5" width="17" height="17" rx="3"/><path d="M3.5 12h17M12 3.5v17"/><path d="M4 12h8V4H6.5A2.5 2.5 0 0 0 4 6.5ZM12 12h8v5.5a2.5 2.5 0 0 1-2.5 2.5H12Z" fill="currentcolor" stroke="none"/>`,
  snapshot: svg`<path d="M4.5 7.5h3l1.5-2.5h6l1.5 2.5h3a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5V9a1.5 1.5 0 0 1 1.5-1.5Z"/><circle cx="12" cy="13" r="3.5"/>`,
  fullscreen: svg`<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>`,
  'leave-fullscreen': svg`<path d="M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5"/>`,
  volumetric: svg`<path d="m12 3 8 4.5v9L12 21l-8-4.5v-9ZM4 7.5l8 4.5 8-4.5M12 12v9"/>`,
  convolutional: svg`<path d="M3 5v14M8 7.5v9M13 9.5v5"/><rect x="16" y="7.5" width="5.5" height="9" rx="1"/>`,
  'side-by-side': svg`<rect x="2.5" y="6" width="8.5" height="12" rx="1.5"/><rect x="13" y="6" width="8.5" height="12" rx="1.5"/>`,
  wipe: svg`<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M12 3v18M8.5 10 6.5 12l2 2M15.5 10l2 2-2 2"/>`,
  difference: svg`<circle cx="9" cy="12" r="6"/><circle cx="15" cy="12" r="6"/>`,
  chosen: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
} as const satisfies Record<string, SVGTemplateResult> & Record<Comparison, SVGTemplateResult>;

export type Drawing = keyof typeof DRAWINGS;

export function drawing(name: Drawing): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">${DRAWINGS[name]}</svg>`;
}
