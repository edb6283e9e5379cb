import { createRandom, type Random } from '../support/seeded-random.ts';
import { dealUtterances, type Utterance } from './load-recording.ts';
import type { LoadSocket, SentClip } from './load-socket.ts';
import type { LoggedClip, StepLog } from './step-log.ts';
import type { LoadRecording, SpokenAction, StepPlan } from './step-plan.ts';

const MINIMUM_PAUSE_MS = 1_000;
const MAXIMUM_PAUSE_MS = 2_000;

/** Mean pause between two recordings of a talker, in milliseconds. */
export const MEAN_PAUSE_MS = (MINIMUM_PAUSE_MS + MAXIMUM_PAUSE_MS) / 2;

/** A clip that somebody is speaking. */
interface OpenClip {
  readonly sent: SentClip;
  readonly logged: LoggedClip;
  sampleCount: number;
}

/**
 * Lets one person on each socket play recordings in real time, with 1-2 s of silence between them, from a random place of the first
 * one on. Latency counts from the moment at which the end of speech was due.
 */
export async function runTalkers(
  sockets: readonly LoadSocket[],
  recordings: readonly LoadRecording[],
  plan: StepPlan,
  log: StepLog,
): Promise<void> {
  const utterances = dealUtterances(recordings, createRandom(plan.seed));
  const endMs = plan.warmUpMs + plan.windowMs;
  const randoms = sockets.map((_, index) => createRandom(plan.seed + 1 + index));
  await Promise.all(randoms.map((random, index) => new LoadTalker(sockets[index], log).talk(utterances, random, endMs)));
}

class LoadTalker {
  readonly #socket: LoadSocket | undefined;
  readonly #log: StepLog;
  readonly #held: SpokenAction[] = [];
  #clip: OpenClip | undefined;
  #continuesClipId: string | undefined;
  #part = 0;

  constructor(socket: LoadSocket | undefined, log: StepLog) {
    this.#socket = socket;
    this.#log = log;
  }

  async talk(utterances: Iterator<Utterance, never>, random: Random, endMs: number): Promise<void> {
    let offsetMs: number | undefined;
    while ((offsetMs ?? 0) < endMs) {
      const utterance = utterances.next().value;
      offsetMs ??= -random() * utterance.recording.durationMs;
      await this.#say(utterance, offsetMs, endMs);
      offsetMs += utterance.recording.durationMs + MINIMUM_PAUSE_MS + random() * (MAXIMUM_PAUSE_MS - MINIMUM_PAUSE_MS);
    }
    if (this.#clip) {
      this.#clip.sent.cancel();
      this.#log.forget(this.#clip.logged);
    }
  }

  async #say(utterance: Utterance, offsetMs: number, endMs: number): Promise<void> {
    this.#part = 0;
    for (const { atMs, actions } of utterance.recording.moments) {
      const dueMs = offsetMs + atMs;
      if (dueMs >= endMs) {
        return;
      }
      if (dueMs < 0) {
        this.#hold(actions);
        continue;
      }
      await this.#log.until(dueMs);
      for (const action of [...this.#held.splice(0), ...actions]) {
        this.#act(action, utterance, dueMs);
      }
    }
  }

  /**
   * Before the step began: a clip that has ended is not sent; one that is still spoken is, with what was said of it so far. Without
   * that, a step would have to warm up for as long as the longest clip.
   */
  #hold(actions: readonly SpokenAction[]): void {
    for (const action of actions) {
      this.#held.push(action);
      if (action.type === 'end') {
        this.#held.length = 0;
        this.#part += 1;
      }
    }
  }

  #act(action: SpokenAction, utterance: Utterance, dueMs: number): void {
    switch (action.type) {
      case 'start':
        this.#start(utterance, dueMs);
        break;
      case 'audio':
        this.#clip?.sent.push(action.samples);
        if (this.#clip) {
          this.#clip.sampleCount += action.samples.length;
        }
        break;
      case 'maybe_end':
        this.#clip?.sent.maybeEnd(action.evidence);
        break;
      case 'end': {
        const clip = this.#clip;
        this.#clip = undefined;
        this.#continuesClipId = action.end.continues ? clip?.sent.clipId : undefined;
        clip?.sent.end(action.end);
        clip?.logged.sent(dueMs, clip.sampleCount / 16, !action.end.continues);
        break;
      }
      default:
        action satisfies never;
    }
  }

  #start(utterance: Utterance, dueMs: number): void {
    const logged = this.#log.begin({ utterance: utterance.number, recording: utterance.recordingIndex, part: this.#part });
    this.#part += 1;
    const sent = this.#socket?.startClip({ startMs: dueMs, continuesClipId: this.#continuesClipId }, logged);
    if (sent) {
      this.#clip = { sent, logged, sampleCount: 0 };
    }
  }
}
