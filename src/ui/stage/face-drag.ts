/**
 * One thing of a row is dragged onto another with a mouse, a pen or a finger. A finger that moves at once scrolls the row; one that rests first
 * picks up what is under it, and if it then leaves without having moved, it has asked for a menu. HTML's own drag and drop knows no fingers.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A pointer that moves no farther has clicked. */
const CLICK_PIXELS = 6;
const REST_MILLISECONDS = 450;

export interface DragTarget {
  /** The number of the thing at a place of the window; undefined where there is none. */
  at(x: number, y: number): number | undefined;
  dropped(from: number, onto: number): void;
  held(index: number): void;
}

interface Press {
  readonly pointer: number;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly isTouch: boolean;
  readonly row: HTMLElement;
}

export class FaceDrag implements ReactiveController {
  /** What is being dragged, and what it is over. */
  from: number | undefined;
  onto: number | undefined;
  /** Where the pointer is, in the window. */
  x = 0;
  y = 0;
  #press: Press | undefined;
  #hasMoved = false;
  #restTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly target: DragTarget,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#end();
  }

  get isDragging(): boolean {
    return this.from !== undefined && this.#hasMoved;
  }

  readonly pressed = (event: PointerEvent): void => {
    const index = this.target.at(event.clientX, event.clientY);
    if (event.button !== 0 || this.#press || index === undefined) return;
    const { pointerId: pointer, clientX: x, clientY: y, pointerType } = event;
    const isTouch = pointerType === 'touch';
    this.#press = { pointer, index, x, y, isTouch, row: event.currentTarget as HTMLElement };
    this.#hasMoved = false;
    if (isTouch) this.#restTimer = setTimeout(() => this.#pickUp(), REST_MILLISECONDS);
  };

  readonly moved = (event: PointerEvent): void => {
    const press = this.#press;
    if (press?.pointer !== event.pointerId) return;
    const hasLeft = Math.hypot(event.clientX - press.x, event.clientY - press.y) > CLICK_PIXELS;
    if (this.from === undefined) {
      if (hasLeft && press.isTouch)
        this.#end(); // the row scrolls
      else if (hasLeft) this.#pickUp();
    }
    if (this.from === undefined || !(hasLeft || this.#hasMoved)) return;
    this.#hasMoved = true;
    this.x = event.clientX;
    this.y = event.clientY;
    const onto = this.target.at(this.x, this.y);
    this.onto = onto === this.from ? undefined : onto;
    this.host.requestUpdate();
  };

  readonly released = (event: PointerEvent): void => {
    if (this.#press?.pointer !== event.pointerId) return;
    const { from, onto } = this;
    const wasHeld = from !== undefined && !this.#hasMoved;
    this.#end();
    if (wasHeld) this.target.held(from);
    else if (from !== undefined && onto !== undefined) this.target.dropped(from, onto);
  };

  readonly cancelled = (event: PointerEvent): void => {
    if (this.#press?.pointer === event.pointerId) this.#end();
  };

  /** Gives up; with Escape, for example. */
  cancel(): void {
    this.#end();
  }

  /** A finger that has picked something up does not scroll. For `touchmove`, not passive. */
  readonly touchMoved = (event: TouchEvent): void => {
    if (this.from !== undefined) event.preventDefault();
  };

  #pickUp(): void {
    const { pointer, index, row, x, y } = this.#press!;
    // From now on its click is the row's, and nobody's.
    row.setPointerCapture(pointer);
    this.from = index;
    [this.x, this.y] = [x, y];
    this.host.requestUpdate();
  }

  #end(): void {
    clearTimeout(this.#restTimer);
    this.#press = undefined;
    this.from = undefined;
    this.onto = undefined;
    this.host.requestUpdate();
  }
}
