import { BatchCosts } from './batch-costs.ts';
import type { CostModel } from './cost-model.ts';

/** Clips of one batch are padded to the longest: at most by half, or the padding costs what the batch saves. */
const MAXIMUM_LENGTH_RATIO = 1.5;
/**
 * Audio of one batch, filled up to its longest clip: the keys and values of a second take half a megabyte, twice while they are put
 * together, and long clips save least.
 */
const MAXIMUM_BATCH_AUDIO_MS = 32_000;
/** How far a clip may overtake others of its lane to join a batch, in clips. */
const LOOKAHEAD_CLIPS = 32;

/** What is planned. */
export interface BatchMember {
  readonly audioMs: number;
  readonly deadlineAtMs: number;
}

/** What a plan must keep to. */
export interface BatchLimits {
  /** When the batch will begin. */
  readonly beginsAtMs: number;
  /** Clips that one call of the model decodes side by side. */
  readonly maximumBatch: number;
  /** Clips of the lane, the leader included. */
  readonly waiting: number;
  /** Batches that could begin, or be held, now: clips that each have a place of their own are not put together. */
  readonly places: number;
  /** Longest time that a batch may be expected to take, in milliseconds; a clip alone may take longer. */
  readonly maximumBatchMs: number;
}

/** Which clips to decode with the one whose turn it is. */
export interface BatchPlan<T> {
  /** In the order of their lengths' nearness to the leader; without the leader itself. */
  readonly mates: readonly (readonly [key: string, member: T])[];
  /** Whether there were clips enough for a batch: only such plans can be compared. */
  readonly couldBatch: boolean;
}

/** Puts clips of about the same length together when that is cheaper than one after the other. */
export class BatchPlanner {
  readonly #sizes = new BatchCosts();
  readonly #costs: CostModel;

  constructor(costs: CostModel) {
    this.#costs = costs;
  }

  /** Learns from a clip of a plan that could have been a batch. */
  observe(batchSize: number, audioMs: number, busyMs: number): void {
    this.#sizes.observe(batchSize, audioMs, busyMs);
  }

  /**
   * Chooses the mates of a clip.
   *
   * @param leader - The clip whose turn it is: it runs whatever the others are.
   * @param upcoming - The clips behind it in its lane, in their order.
   */
  plan<T extends BatchMember>(
    leader: T,
    upcoming: Iterable<readonly [key: string, member: T]>,
    { beginsAtMs, maximumBatch, waiting, places, maximumBatchMs }: BatchLimits,
  ): BatchPlan<T> {
    const most = Math.min(maximumBatch, Math.ceil(waiting / Math.max(1, places)));
    if (most <= 1) return { mates: [], couldBatch: false };
    const similar = similarTo(leader, upcoming, most - 1);
    const size = this.#sizes.choose(similar.length + 1);
    const mates = similar.slice(0, size - 1);
    while (mates.length > 0 && this.#isTooLong([leader, ...mates.map(([, mate]) => mate)], beginsAtMs, maximumBatchMs)) mates.pop();
    return { mates, couldBatch: similar.length > 0 };
  }

  /** The clips of a batch end about together, so the first deadline counts for all. */
  #isTooLong(members: readonly BatchMember[], beginsAtMs: number, maximumBatchMs: number): boolean {
    const audioMs = members.reduce((sum, member) => sum + member.audioMs, 0);
    const batchMs = this.#sizes.estimateMs(members.length, audioMs, this.#costs);
    return batchMs > maximumBatchMs || members.some(({ deadlineAtMs }) => deadlineAtMs < beginsAtMs + batchMs);
  }
}

/** The clips that are nearest to the leader in length, none so far that the longest of all is too long for the shortest. */
function similarTo<T extends BatchMember>(
  leader: T,
  upcoming: Iterable<readonly [key: string, member: T]>,
  most: number,
): (readonly [key: string, member: T])[] {
  const candidates: { readonly candidate: readonly [string, T]; readonly distance: number }[] = [];
  let seen = 0;
  for (const candidate of upcoming) {
    if (seen === LOOKAHEAD_CLIPS) break;
    seen += 1;
    candidates.push({ candidate, distance: Math.abs(Math.log(candidate[1].audioMs / leader.audioMs)) });
  }
  candidates.sort((a, b) => a.distance - b.distance);
  const chosen: (readonly [string, T])[] = [];
  let shortestMs = leader.audioMs;
  let longestMs = leader.audioMs;
  for (const { candidate } of candidates) {
    const { audioMs } = candidate[1];
    const [nextShortestMs, nextLongestMs] = [Math.min(shortestMs, audioMs), Math.max(longestMs, audioMs)];
    if (chosen.length === most) break;
    if (nextLongestMs > MAXIMUM_LENGTH_RATIO * nextShortestMs) continue;
    if (nextLongestMs * (chosen.length + 2) > MAXIMUM_BATCH_AUDIO_MS) continue;
    [shortestMs, longestMs] = [nextShortestMs, nextLongestMs];
    chosen.push(candidate);
  }
  return chosen;
}
