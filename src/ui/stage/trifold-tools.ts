/**
 * `<trifold-tools>`: the tools on the picture, a toolbar of icons: back to the front, turn by itself, compare, what is shown, background,
 * snapshot, fullscreen. One stop of the Tab key; arrows go from tool to tool. Those with a menu tell what is chosen in it.
 */
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { canShow, NAMED_BACKDROPS, PICTURE_KINDS, type PictureKind } from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { standsOnBackdrop } from '../../studio/view/backdrop';
import { comparisonChoices, whyNotAll } from '../compare/comparison-words';
import { canBeFullscreen, isFullscreen, toggleFullscreen } from '../shared/fullscreen';
import { icons } from '../shared/section-styles';
import { keyOf } from '../shared/shortcuts';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { TOOLS_STRINGS } from '../strings/tools';
import { VIEW_STRINGS } from '../strings/view';
import { saveSnapshot } from './save-snapshot';
import { type Drawing, drawing } from './tool-icons';
import { type MenuEntry, nextIndex, type ToolMenu, toolMenu, toolMenus } from './tool-menu';
import { toolbar } from './toolbar-style';

const strings = TOOLS_STRINGS;

/** Kinds of picture as they stand together in the menu. */
const KIND_GROUPS: readonly (readonly PictureKind[])[] = [
  ['image', 'raw', 'depth', 'normals'],
  ['density-x', 'density-y', 'density-z'],
  ['plane-0', 'plane-1', 'plane-2'],
];

interface Tool {
  readonly label: string;
  readonly icon: Drawing;
  /** As people read it. */
  readonly key?: string | undefined;
  readonly isPressed?: boolean;
  readonly menu?: ToolMenu;
  readonly run?: () => void;
}

@customElement('trifold-tools')
export class TrifoldTools extends StudioElement {
  /** Vertical at the side of a wide stage, horizontal under the picture of a narrow one; its menus open away from the edge. */
  @property({ reflect: true }) orientation: 'vertical' | 'horizontal' = 'vertical';
  /** Which of the tools the Tab key comes to. */
  @state() private active = 0;

  static override styles = [controls, icons, toolMenus, toolbar];

  protected watches({ status, settings, student, model }: StudioState): readonly unknown[] {
    return [status, settings, student, model];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('fullscreenchange', this.#fullscreenChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('fullscreenchange', this.#fullscreenChanged);
  }

  readonly #fullscreenChanged = () => this.requestUpdate();

  protected override render() {
    const { status, settings } = this.studio.state;
    const { backdrop } = settings;
    return html`
      <div
        role="toolbar"
        aria-label=${strings.label}
        aria-orientation=${this.orientation}
        ?inert=${status !== 'ready'}
        @keydown=${this.#keyPressed}
        @pointerover=${this.#showTips}
        @focusin=${this.#showTips}
      >
        ${this.#tools().map((tool, index) => this.#tool(tool, index))}
      </div>
      <input
        id="colour"
        type="color"
        tabindex="-1"
        aria-label=${strings.colourField}
        .value=${backdrop.startsWith('#') ? backdrop : '#808080'}
        @input=${(event: Event) => this.#standOn((event.target as HTMLInputElement).value)}
      />
    `;
  }

  #tools(): Tool[] {
    const { settings } = this.studio.state;
    const tools: Tool[] = [
      { label: strings.reset, icon: 'reset', key: keyOf('reset'), run: () => this.studio.resetCamera() },
      {
        label: strings.turn,
        icon: 'turn',
        key: keyOf('autoRotate'),
        isPressed: settings.autoRotate,
        run: () => this.studio.changeSettings({ autoRotate: !settings.autoRotate }),
      },
      this.#compare(),
      this.#shown(),
      this.#background(),
      { label: strings.snapshot, icon: 'snapshot', key: keyOf('snapshot'), run: () => saveSnapshot(this.studio) },
    ];
    if (canBeFullscreen()) {
      tools.push({
        label: isFullscreen() ? strings.leaveFullscreen : strings.fullscreen,
        icon: isFullscreen() ? 'leave-fullscreen' : 'fullscreen',
        key: keyOf('fullscreen'),
        run: toggleFullscreen,
      });
    }
    return tools;
  }

  #compare(): Tool {
    const entries = comparisonChoices(this.studio).map((choice) => ({ ...choice, icon: choice.id }));
    const chosen = entries.find(({ isChosen }) => isChosen)!;
    return {
      label: strings.withChoice(strings.compare, chosen.label),
      icon: chosen.icon,
      key: keyOf('compare'),
      menu: { id: 'compare', label: strings.compare, groups: [{ entries }], hint: whyNotAll(this.studio.state) },
    };
  }

  #shown(): Tool {
    const { settings } = this.studio.state;
    const { pictureNames, pictureDetails } = VIEW_STRINGS;
    const entryOf = (kind: PictureKind): MenuEntry => ({
      id: kind,
      label: pictureNames[kind],
      detail: canShow(kind, settings) ? pictureDetails[kind] : VIEW_STRINGS.noVolume,
      key: keyOf(kind),
      isChosen: settings.picture === kind,
      isPossible: canShow(kind, settings),
      choose: () => this.studio.setPicture(kind),
    });
    return {
      label: strings.withChoice(strings.shown, pictureNames[settings.picture]),
      icon: 'shown',
      key: strings.digits,
      menu: {
        id: 'shown',
        label: strings.shown,
        groups: KIND_GROUPS.map((kinds) => ({
          entries: PICTURE_KINDS.filter((kind) => kinds.includes(kind)).map(entryOf),
        })),
      },
    };
  }

  #background(): Tool {
    const { backdrop } = this.studio.state.settings;
    const isPossible = standsOnBackdrop(this.studio.state);
    const isColour = backdrop.startsWith('#');
    const entries: MenuEntry[] = NAMED_BACKDROPS.map((name) => ({
      id: name,
      label: strings.backdrops[name],
      detail: name === 'transparent' ? strings.transparentHint : undefined,
      isChosen: backdrop === name,
      isPossible: true,
      choose: () => this.#standOn(name),
    }));
    const colour: MenuEntry = {
      id: 'colour',
      label: strings.colour,
      detail: isColour ? backdrop : undefined,
      isChosen: isColour,
      isPossible: true,
      choose: () => this.renderRoot.querySelector<HTMLInputElement>('#colour')!.click(),
    };
    const chosen = entries.find(({ isChosen }) => isChosen)?.label ?? backdrop;
    return {
      label: strings.withChoice(strings.background, chosen),
      icon: 'background',
      key: keyOf('background'),
      menu: {
        id: 'background',
        label: strings.background,
        groups: [{ entries: [...entries, colour] }],
        hint: isPossible ? undefined : strings.noBackdrop,
      },
    };
  }

  #tool({ label, icon, key, isPressed, menu, run }: Tool, index: number) {
    return html`<button
        type="button"
        class="icon"
        tabindex=${index === this.active ? 0 : -1}
        aria-label=${label}
        aria-pressed=${isPressed ?? nothing}
        aria-haspopup=${menu ? 'menu' : nothing}
        aria-keyshortcuts=${key?.length === 1 ? key : nothing}
        popovertarget=${menu?.id ?? nothing}
        @focus=${() => {
          this.active = index;
        }}
        @click=${run}
      >
        ${drawing(icon)}
        <span class="tip" aria-hidden="true">${label}${key ? html`<kbd>${key}</kbd>` : nothing}</span>
      </button>
      ${menu ? toolMenu(menu) : nothing}`;
  }

  #standOn(wanted: string): void {
    const backdrop = NAMED_BACKDROPS.find((name) => name === wanted) ?? (`#${wanted.replace('#', '')}` as const);
    this.studio.changeSettings({ backdrop });
  }

  /** Arrows of both directions go through the bar, however it lies; Escape takes the tooltip away. Keys in a menu are the menu's. */
  #keyPressed(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).closest('.menu')) return;
    const bar = event.currentTarget as HTMLElement;
    const buttons = [...bar.querySelectorAll<HTMLElement>(':scope > button')];
    const isRightToLeft = getComputedStyle(this).direction === 'rtl';
    const sideways: [string, string] = isRightToLeft ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
    const next =
      nextIndex(event.key, this.active, buttons.length) ?? nextIndex(event.key, this.active, buttons.length, sideways);
    if (next !== undefined) {
      event.preventDefault();
      buttons[next]!.focus();
    } else if (event.key === 'Escape') bar.classList.add('without-tip');
  }

  #showTips(event: Event): void {
    (event.currentTarget as HTMLElement).classList.remove('without-tip');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-tools': TrifoldTools;
  }
}
