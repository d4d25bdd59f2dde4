/** `<trifold-help-sheet>`: how the head is turned on this device, by mouse or by touch, and all keys of the page. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { HELP_STRINGS } from '../strings/help';
import { VIEW_STRINGS } from '../strings/view';
import { PageSheet } from './page-sheet';
import { SHORTCUT_GROUPS, type Shortcut, type ShortcutGroup, shortcuts } from './shortcuts';

const { help: strings } = VIEW_STRINGS;
const { gestures } = HELP_STRINGS;
const TABLE = shortcuts(() => {});

@customElement('trifold-help-sheet')
export class TrifoldHelpSheet extends PageSheet {
  protected readonly heading = HELP_STRINGS.title;
  protected readonly closeWord = HELP_STRINGS.close;

  static override styles = [
    PageSheet.styles,
    css`
      .groups {
        columns: 2;
        column-gap: 2rem;
        margin-block-end: -0.9rem;
      }
      .groups > div {
        break-inside: avoid;
        padding-block-end: 0.9rem;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(4rem, 1fr) fit-content(72%);
        gap: 0.3rem 0.9rem;
        align-items: baseline;
        margin: 0;
      }
      .ways {
        grid-template-columns: auto minmax(0, 1fr);
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.3rem 0.5rem;
        margin: 0;
        text-align: end;
      }
      dd > span {
        white-space: nowrap;
      }
      kbd {
        display: inline-block;
        min-width: 1.7em;
        padding: 0 0.4em;
        border: 1px solid var(--control-line);
        border-bottom-width: 2px;
        border-radius: 5px;
        background: var(--page);
        font: inherit;
        font-size: 0.85rem;
        text-align: center;
      }
      .about {
        color: var(--muted);
        font-size: 0.9rem;
      }
      summary {
        min-height: var(--control);
        align-content: center;
        cursor: pointer;
        font-weight: 600;
      }
      @media (max-width: 36rem) {
        .groups {
          columns: 1;
        }
      }
    `,
  ];

  protected content() {
    const hasMouse = matchMedia('(any-pointer: fine)').matches;
    const hasTouch = matchMedia('(any-pointer: coarse)').matches;
    return html`
      ${hasTouch ? gestureList('touch') : nothing} ${hasMouse ? gestureList('mouse') : nothing}
      ${
        hasMouse
          ? keys()
          : html`<details>
              <summary>${HELP_STRINGS.keyboard}</summary>
              ${keys()}
            </details>`
      }
    `;
  }

  protected override keyPressed(event: KeyboardEvent): void {
    if (event.key !== '?') return;
    event.preventDefault();
    this.close();
  }
}

function gestureList(device: 'mouse' | 'touch') {
  return html`<div>
    <h3>${gestures[device].title}</h3>
    <dl class="ways">${gestures[device].ways.map(([what, how]) => html`<dt>${what}</dt><dd>${how}</dd>`)}</dl>
  </div>`;
}

function keys() {
  return html`<p class="about">${strings.about}</p>
    <div class="groups">${SHORTCUT_GROUPS.map(keyGroup)}</div>`;
}

function keyGroup(group: ShortcutGroup) {
  const members = TABLE.filter((shortcut) => shortcut.group === group);
  const names = [...new Set(members.map(({ name }) => name))];
  return html`<div>
    <h3>${strings.groups[group]}</h3>
    <dl>
      ${names.map((name) => {
        const ways = members.filter((shortcut) => shortcut.name === name);
        return html`<dt>${strings.names[name]}</dt><dd>${ways.map(keyCaps)}</dd>`;
      })}
    </dl>
  </div>`;
}

/** A key with its modifiers, for each key that does the same. */
function keyCaps({ keys, shown = keys, withControl, withShift }: Shortcut) {
  const modifiers = [...(withControl ? [strings.control] : []), ...(withShift ? [strings.shift] : [])];
  return shown.map((key) => {
    const caps = [...modifiers, strings.keys[key] ?? key.toUpperCase()];
    return html`<span>${caps.map((cap, at) => html`${at > 0 ? ' + ' : ''}<kbd>${cap}</kbd>`)}</span>`;
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-help-sheet': TrifoldHelpSheet;
  }
}
