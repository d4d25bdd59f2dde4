/**
 * The menu of a tool: one of several things is chosen in it. A native popover, which closes at Escape or at a click beside it, and lies over
 * everything; beside its button where the window has room. One stop of the Tab key; arrows go from entry to entry.
 */
import { css, html, nothing } from 'lit';
import { type Drawing, drawing } from './tool-icons';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  /** A few more words, in a second line. */
  readonly detail?: string | undefined;
  readonly icon?: Drawing;
  /** The key that chooses it from anywhere. */
  readonly key?: string | undefined;
  readonly isChosen: boolean;
  readonly isPossible: boolean;
  readonly choose: () => void;
}

export interface MenuGroup {
  readonly label?: string;
  readonly entries: readonly MenuEntry[];
}

export interface ToolMenu {
  /** The button has it as its `popovertarget`. */
  readonly id: string;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  /** Beside the entries. */
  readonly hint?: string | undefined;
}

export function toolMenu({ id, label, groups, hint }: ToolMenu) {
  return html`<div
    id=${id}
    class="menu"
    popover
    role="menu"
    aria-label=${label}
    @beforetoggle=${opensOrCloses}
    @toggle=${focusChosen}
    @keydown=${keyPressed}
  >
    ${groups.map(
      (group) => html`<div role="group" aria-label=${group.label ?? nothing}>
        ${group.label ? html`<p aria-hidden="true">${group.label}</p>` : nothing} ${group.entries.map(menuItem)}
      </div>`,
    )}
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`;
}

function menuItem({ id, label, detail, icon, key, isChosen, isPossible, choose }: MenuEntry) {
  const chosen = (event: Event) => {
    if (!isPossible) return;
    (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
    choose();
  };
  return html`<button
    type="button"
    role="menuitemradio"
    data-entry=${id}
    tabindex="-1"
    aria-label=${detail ? `${label}, ${detail}` : label}
    aria-checked=${isChosen}
    aria-disabled=${!isPossible}
    aria-keyshortcuts=${key ?? nothing}
    @click=${chosen}
  >
    <span class="mark">${isChosen ? drawing('chosen') : icon ? drawing(icon) : nothing}</span>
    <span class="words">${label}${detail ? html`<small>${detail}</small>` : nothing}</span>
    ${key ? html`<kbd aria-hidden="true">${key.toUpperCase()}</kbd>` : nothing}
  </button>`;
}

export const toolMenus = css`
  .menu {
    inset: var(--menu-top, 0) auto auto var(--menu-left, 0);
    width: min(20rem, 100vw - 16px);
    max-height: var(--menu-room);
    margin: 0;
    padding: 0.35rem;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    color: var(--text);
    box-shadow: var(--shadow);
    overflow: auto;
    overscroll-behavior: contain;
  }
  .menu p {
    margin: 0;
    padding: 0.5rem 0.6rem 0.2rem;
    color: var(--muted);
    font-size: 0.8rem;
    font-weight: 600;
  }
  .menu p.hint {
    padding-bottom: 0.5rem;
    font-weight: 400;
  }
  .menu [role='group'] + [role='group'] {
    margin-block-start: 0.3rem;
    padding-block-start: 0.3rem;
    border-block-start: 1px solid var(--line);
  }
  .menu button {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.7rem;
    width: 100%;
    padding: 0.3rem 0.6rem;
    border: 0;
    border-radius: 9px;
    background: none;
    text-align: start;
  }
  .menu button:hover {
    background: var(--soft);
  }
  .menu button:focus-visible {
    outline-offset: -3px;
  }
  .menu [aria-checked='true'] {
    color: var(--accent);
  }
  .menu [aria-disabled='true'] {
    background: none;
    color: var(--muted);
    cursor: default;
  }
  .mark {
    display: grid;
  }
  .mark svg {
    width: 20px;
    height: 20px;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .words {
    min-width: 0;
    line-height: 1.25;
  }
  .words small {
    display: block;
    color: var(--muted);
    font-size: 0.8rem;
    font-weight: 400;
  }
  kbd {
    min-width: 1.7em;
    padding: 0 0.35em;
    border: 1px solid var(--line);
    border-radius: 5px;
    color: var(--muted);
    font: inherit;
    font-size: 0.8rem;
    text-align: center;
  }
  @media (forced-colors: active) {
    .menu [aria-checked='true'] {
      border: 2px solid Highlight;
    }
    .menu [aria-disabled='true'] {
      color: GrayText;
    }
  }
  @media (hover: none) {
    kbd {
      display: none;
    }
  }
`;

/** Between a menu, its button and the edges of the window. */
const GAP = 8;

/** The menu is placed when its size is known, before it is painted; when it closes, the focus goes back to its button. */
function opensOrCloses(event: ToggleEvent): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.newState === 'closed') {
    if (menu.matches(':focus-within')) buttonOf(menu)?.focus();
    return;
  }
  requestAnimationFrame(() => place(menu));
  addEventListener('resize', () => menu.hidePopover(), { once: true }); // its place is another one then
}

/** Beside a button of a vertical bar, over or under one of a horizontal bar: on the side that has more room, and never beyond the window. */
function place(menu: HTMLElement): void {
  const button = buttonOf(menu)!;
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const isVertical = button.closest('[role=toolbar]')?.getAttribute('aria-orientation') === 'vertical';
  const isLow = top + bottom > innerHeight;
  const room = isVertical ? innerHeight - 2 * GAP : (isLow ? top : innerHeight - bottom) - 2 * GAP;
  menu.style.setProperty('--menu-room', `${room}px`);
  const { offsetWidth, offsetHeight } = menu;
  const beside = left + right > innerWidth ? left - GAP - offsetWidth : right + GAP;
  const over = isLow ? top - GAP - offsetHeight : bottom + GAP;
  const within = (wanted: number, extent: number, size: number) =>
    `${Math.max(GAP, Math.min(wanted, extent - GAP - size))}px`;
  menu.style.setProperty('--menu-left', within(isVertical ? beside : left, innerWidth, offsetWidth));
  menu.style.setProperty('--menu-top', within(isVertical ? top : over, innerHeight, offsetHeight));
}

function buttonOf(menu: HTMLElement): HTMLElement | null {
  return (menu.getRootNode() as ShadowRoot).querySelector(`[popovertarget="${menu.id}"]`);
}

function focusChosen(event: ToggleEvent): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.newState === 'open') (menu.querySelector<HTMLElement>('[aria-checked=true]') ?? itemsOf(menu)[0])?.focus();
}

function keyPressed(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const items = itemsOf(menu);
  const at = items.indexOf(event.target as HTMLElement);
  const next = nextIndex(event.key, at, items.length);
  if (event.key === 'Tab') {
    menu.hidePopover();
    event.preventDefault(); // the focus is at the button again, as after Escape
  } else if (next !== undefined) {
    event.preventDefault();
    items[next]!.focus();
  }
}

/**
 * Where an arrow, Home or End leads in a list that one goes through with arrows, round at its ends.
 * @returns undefined for any other key
 */
export function nextIndex(key: string, at: number, count: number, [back, on] = ['ArrowUp', 'ArrowDown']) {
  switch (key) {
    case on:
      return (at + 1) % count;
    case back:
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role=menuitemradio]')];
}
