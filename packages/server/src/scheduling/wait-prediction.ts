import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { CostModel } from './cost-model.ts';
import type { InFlight } from './in-flight.ts';
import type { LaneOrder } from './lane-order.ts';
import type { Entry, Lane } from './scheduled-job.ts';

/** What a {@link WaitPrediction} looks at. */
export interface WaitPredictionParts {
  readonly dispatcher: Pick<Dispatcher, 'slots' | 'idleSlots'>;
  readonly costs: CostModel;
  readonly order: LaneOrder<Entry>;
  readonly inFlight: InFlight;
  readonly now: () => number;
  /** Slots with work that makes way at once. */
  readonly yieldingSlots: () => number;
  /** Whether a clip of a file may take an idle slot now. */
  readonly mayStartFile: () => boolean;
}

/** How long a clip would wait, from the audio ahead of it and the measured speed. All times in milliseconds. */
export class WaitPrediction {
  readonly #parts: WaitPredictionParts;

  constructor(parts: WaitPredictionParts) {
    this.#parts = parts;
  }

  /** Expected worker time for this much audio. */
  costMs(audioMs: number): number {
    return this.#parts.costs.estimateMs(audioMs);
  }

  /** Expected time from the beginning of a clip of this length to its end. */
  spanMs(audioMs: number): number {
    return this.#parts.costs.estimateSpanMs(audioMs);
  }

  /** Time that the slots together need for this much audio. */
  shareMs(audioMs: number): number {
    return this.costMs(audioMs) / Math.max(1, this.#parts.dispatcher.slots);
  }

  /**
   * Time until a slot is free for a new clip of this lane. A final overtakes interims and files that wait, not those that run;
   * speculative clips mostly become finals. A file waits for all but interims, and shares with other files.
   *
   * @param clip - Other tenants get as much audio as its own before it, and no more; behind everything if it has no tenant.
   */
  aheadMs(lane: Lane, { audioMs = 0, tenant }: { readonly audioMs?: number; readonly tenant?: string | undefined } = {}): number {
    const { dispatcher, inFlight, now, order, mayStartFile, yieldingSlots } = this.#parts;
    if (dispatcher.idleSlots + yieldingSlots() > 0 && (lane !== 'file' || mayStartFile())) return 0;
    const leftMs = inFlight.remainingMs(now(), (batchAudioMs) => this.costMs(batchAudioMs));
    // Nobody shares with a file what is live: all of that goes before it.
    const tenantIn = (queue: LaneOrder<Entry>['lanes'][Lane]) => (lane === 'file' && queue !== order.lanes.file ? undefined : tenant);
    return leftMs / Math.max(1, dispatcher.slots) + this.shareMs(this.#sum(lane, (queue) => queue.aheadMs(audioMs, tenantIn(queue))));
  }

  /** Time until a clip that is put into a hand now would begin, at the soonest. */
  handMs(): number {
    return this.#parts.inFlight.soonestEndMs(this.#parts.now(), (audioMs) => this.costMs(audioMs));
  }

  /** Audio that waits ahead of a new clip of this lane, whoever it belongs to. */
  queuedAudioMs(lane: Lane): number {
    return this.#sum(lane, (queue) => queue.audioMs);
  }

  /** The same of one tenant. */
  queuedAudioOf(lane: Lane, tenant: string): number {
    return this.#sum(lane, (queue) => queue.audioOf(tenant));
  }

  /** Interims count for interims alone: they never hold up anything for long. */
  #sum(lane: Lane, figure: (queue: LaneOrder<Entry>['lanes'][Lane]) => number): number {
    const { final, speculative, interim, file } = this.#parts.order.lanes;
    const others = lane === 'file' ? figure(file) : lane === 'interim' ? figure(interim) : 0;
    return figure(final) + figure(speculative) + others;
  }
}
