/**
 * One device for all who compute: the model on screen, one that is being opened beside it, whatever trains. It is asked for when the first of them
 * wants it, and freed when the last has given it back; one that is lost is forgotten, and the next who asks gets another.
 */
import { Gpu } from '../../gpu/device';

/** How long after an error the news of a lost device may arrive. */
const LOSS_NEWS_MILLISECONDS = 200;

/** A share in the device. */
export interface DeviceShare {
  /** Rejected as `Gpu.request` is. */
  readonly gpu: Promise<Gpu>;
  /** Calling it again does nothing. */
  giveBack(): void;
}

interface Present {
  readonly gpu: Promise<Gpu>;
  shares: number;
}

export class SharedDevice {
  #present: Present | undefined;

  /** @param request default: `Gpu.request`; the tests play one */
  constructor(private readonly request: () => Promise<Gpu> = Gpu.request) {}

  take(): DeviceShare {
    const present = this.#present ?? this.#ask();
    present.shares++;
    let isTaken = true;
    return {
      gpu: present.gpu,
      giveBack: () => {
        if (!isTaken) return;
        isTaken = false;
        if (--present.shares === 0) this.#free(present);
      },
    };
  }

  #ask(): Present {
    const present: Present = { gpu: this.request(), shares: 0 };
    this.#present = present;
    present.gpu.then(
      (gpu) => gpu.lost.then(() => this.#forget(present)),
      () => this.#forget(present),
    );
    return present;
  }

  #free(present: Present): void {
    this.#forget(present);
    present.gpu.then(
      (gpu) => gpu.destroy(),
      () => {}, // told to those who waited for it
    );
  }

  #forget(present: Present): void {
    if (this.#present === present) this.#present = undefined;
  }
}

/** Whether a device is lost: an error may be the first sign of that, which has its own cure. */
export function isLost({ lost }: Pick<Gpu, 'lost'>): Promise<boolean> {
  const noNews = new Promise<boolean>((resolve) => setTimeout(resolve, LOSS_NEWS_MILLISECONDS, false));
  return Promise.race([lost.then(() => true), noNews]);
}
