/**
 * Pointer events to camera gestures. One pointer turns (mouse, pen or finger); the right or middle button, or Shift, pans; two fingers
 * pan by their middle and zoom by their distance. What the gestures do to the camera is in `camera/orbit`.
 */
import { drag, grab, type OrbitState, pan, pinch, release, type Viewport, wheel } from '../../camera/orbit';

interface Pointer {
  readonly x: number;
  readonly y: number;
}

/** Browsers report a pinch on a trackpad as a wheel with Ctrl, in much smaller steps than a wheel's. */
const TRACKPAD_PINCH_FACTOR = 8;

export interface CameraHandle {
  readonly prefersReducedMotion: boolean;
  moveCamera(change: (view: OrbitState) => OrbitState): void;
}

export class PointerGestures {
  #pointers = new Map<number, Pointer>();
  #pans = false;
  #lastMove = 0;

  /**
   * @param element receives the events; its style must set `touch-action: none`
   * @param viewport size of the picture in CSS pixels
   */
  constructor(
    private readonly element: HTMLElement,
    private readonly camera: CameraHandle,
    private readonly viewport: () => Viewport,
  ) {
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('lostpointercapture', (event) => this.#up(event));
    element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    element.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  #down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest('button, a, summary')) return;
    if (event.button === 1) event.preventDefault(); // no automatic scrolling
    this.element.setPointerCapture(event.pointerId);
    if (this.#pointers.size === 0) {
      this.#pans = event.button === 1 || event.button === 2 || event.shiftKey;
      this.camera.moveCamera(grab);
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#lastMove = event.timeStamp;
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (dx === 0 && dy === 0) return;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    const seconds = (event.timeStamp - this.#lastMove) / 1000;
    this.#lastMove = event.timeStamp;
    const viewport = this.viewport();
    this.camera.moveCamera((view) => {
      if (other) return pinch(pan(view, dx / 2, dy / 2, viewport), distance(now, other) / distance(before, other));
      return this.#pans ? pan(view, dx, dy, viewport) : drag(view, dx, dy, viewport, seconds);
    });
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId) || this.#pointers.size > 0) return;
    const rested = (event.timeStamp - this.#lastMove) / 1000;
    const keepsSpeed = !this.#pans && !this.camera.prefersReducedMotion;
    this.camera.moveCamera((view) => release(view, keepsSpeed ? rested : Number.POSITIVE_INFINITY));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const deltaY = event.deltaY * (event.ctrlKey ? TRACKPAD_PINCH_FACTOR : 1);
    this.camera.moveCamera((view) => wheel(view, deltaY, event.deltaMode));
  }
}

function distance(a: Pointer, b: Pointer): number {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}
