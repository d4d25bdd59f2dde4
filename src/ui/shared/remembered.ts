/**
 * What the page remembers of its own layout from visit to visit: the open room, folds, whether somebody has turned the head before. Where the
 * browser keeps nothing (a private window, storage forbidden) everything works and begins anew.
 */
import { noChange } from 'lit';
import {
  Directive,
  type DirectiveParameters,
  directive,
  type ElementPart,
  type PartInfo,
  PartType,
} from 'lit/directive.js';

const PREFIX = 'trifold.';

/** @returns what was remembered under the name; undefined for nothing */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Then it is not remembered.
  }
}

/** `<details ${fold('camera')}>`: open as it was last time. */
class FoldDirective extends Directive {
  #isAttached = false;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError('fold() belongs on a <details> element');
  }

  override update(part: ElementPart, [name, isOpenAtFirst = false]: DirectiveParameters<this>) {
    if (this.#isAttached) return noChange;
    this.#isAttached = true;
    const details = part.element as HTMLDetailsElement;
    const known = remembered(`fold.${name}`);
    details.open = known === undefined ? isOpenAtFirst : known === 'open';
    details.addEventListener('toggle', () => remember(`fold.${name}`, details.open ? 'open' : 'closed'));
    return noChange;
  }

  override render(_name: string, _isOpenAtFirst?: boolean): unknown {
    return noChange;
  }
}

/**
 * @param name one of its own on the page
 * @param isOpenAtFirst whether it is open for somebody who has not touched it; default: closed
 */
export const fold = directive(FoldDirective);
