/**
 * The first minute: a head that nobody has turned yet turns a little by itself, to one side and to the other, so that people see that there
 * is a head in space and not a picture. Then it rests, and does so again, until a hand takes it. Between, the device is free for other work.
 */
import type { OrbitState } from '../../camera/orbit';
import type { Studio } from '../../studio/studio';

/** To both sides and back. */
const SWING_SECONDS = 7;
const REST_SECONDS = 16;
/** Before it begins, a graphics card draws the faces of the strip. */
const FIRST_REST_SECONDS = 1.5;
const SWINGS = 3;
/** Radians to each side. */
const SWING = 0.3;
/** A device that takes longer than this for a picture would jump rather than turn. */
const SLOWEST_MILLISECONDS = 400;
/** Angles that differ by less are the same. */
const SAME_ANGLE = 1e-6;

export class FirstTurn {
  readonly #start: OrbitState;
  #expectedYaw: number;
  #swings = 0;
  /** Of the present swing, in milliseconds. */
  #begun: number | undefined;
  #frame = 0;
  #restTimer: ReturnType<typeof setTimeout> | undefined;

  /** Begins, if the device is quick enough and the person has nothing against motion. */
  constructor(private readonly studio: Studio) {
    const { view, device } = studio.state;
    this.#start = view;
    this.#expectedYaw = view.yaw;
    const isSlow = (device?.fullMilliseconds ?? 0) > SLOWEST_MILLISECONDS;
    if (!studio.prefersReducedMotion && !isSlow) {
      this.#restTimer = setTimeout(() => this.#swing(), FIRST_REST_SECONDS * 1000);
    }
  }

  /** Whether somebody has taken the head, by whatever means. */
  get isTaken(): boolean {
    const { view, settings } = this.studio.state;
    const { pitch, radius, pivot } = this.#start;
    const isElsewhere = view.pitch !== pitch || view.radius !== radius || view.pivot !== pivot;
    const hasTurned = Math.abs(view.yaw - this.#expectedYaw) > SAME_ANGLE;
    return view.held || settings.autoRotate || isElsewhere || hasTurned;
  }

  /** Leaves the head as it is. */
  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#restTimer);
  }

  #swing(): void {
    this.#begun = undefined;
    this.#frame = requestAnimationFrame(this.#step);
  }

  readonly #step = (now: number): void => {
    if (this.studio.state.status !== 'ready') return;
    this.#begun ??= now;
    const share = Math.min(1, (now - this.#begun) / 1000 / SWING_SECONDS);
    // It grows and shrinks, so that it neither starts nor stops with a jerk.
    const swing = share < 1 ? SWING * Math.sin(Math.PI * share) ** 0.5 * Math.sin(2 * Math.PI * share) : 0;
    this.#expectedYaw = this.#start.yaw + swing;
    this.studio.moveCamera((view) => ({ ...view, yaw: this.#expectedYaw }));
    if (share < 1) this.#frame = requestAnimationFrame(this.#step);
    else if (++this.#swings < SWINGS) this.#restTimer = setTimeout(() => this.#swing(), REST_SECONDS * 1000);
  };
}
