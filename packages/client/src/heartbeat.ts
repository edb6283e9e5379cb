import type { PingMessage, PongMessage } from '@outspoken/protocol';
import { Alarm, type Clock } from './clock.ts';

/** What a {@link Heartbeat} needs. */
export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly pingIntervalMs: number;
  readonly deadAfterMs: number;
  readonly sendPing: (ping: PingMessage) => void;
  /** Called once when nothing arrived for `deadAfterMs`. */
  readonly onDead: () => void;
}

/** What the pings tell about the way to the server. */
export interface ClockEstimate {
  /** Time for a message there and back, in milliseconds: the shortest seen on this connection. */
  readonly roundTripMs: number;
  /** Server clock minus edge clock, in milliseconds; wrong by at most half of {@link roundTripMs}. */
  readonly serverClockOffsetMs: number;
}

/** Pings, notices silence, and tells the server's clock from the edge's. Any arrival counts as life, not only a pong. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #alarm: Alarm;
  #lastReceivedMs: number;
  #lastPing: { readonly sentAtMs: number; readonly edgeTimeMs: number } | undefined;
  #nextPingMs: number;
  #estimate: ClockEstimate | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#lastReceivedMs = options.clock.now();
    this.#nextPingMs = this.#lastReceivedMs;
    this.#alarm = new Alarm(options.clock, () => this.#ring());
    this.#ring();
  }

  /** The best estimate so far; `undefined` before the first pong. */
  get estimate(): ClockEstimate | undefined {
    return this.#estimate;
  }

  /** Notes that something arrived. */
  noteReceived(): void {
    this.#lastReceivedMs = this.#options.clock.now();
  }

  /**
   * Learns from a pong. The round trip is measured on the monotonic clock. The server wrote its time somewhere within the round trip,
   * so the middle is assumed, and the sample with the shortest round trip is believed (Cristian 1989).
   */
  notePong(pong: PongMessage): void {
    const ping = this.#lastPing;
    if (!ping || ping.edgeTimeMs !== pong.edgeTimeMs) return;
    this.#lastPing = undefined;
    const roundTripMs = this.#options.clock.now() - ping.sentAtMs;
    if (this.#estimate && this.#estimate.roundTripMs < roundTripMs) return;
    this.#estimate = { roundTripMs, serverClockOffsetMs: pong.serverTimeMs - (pong.edgeTimeMs + roundTripMs / 2) };
  }

  stop(): void {
    this.#alarm.stop();
  }

  #ring(): void {
    const { clock, pingIntervalMs, deadAfterMs, sendPing, onDead } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#lastReceivedMs >= deadAfterMs) {
      onDead();
      return;
    }
    if (nowMs >= this.#nextPingMs) {
      this.#nextPingMs = nowMs + pingIntervalMs;
      this.#lastPing = { sentAtMs: nowMs, edgeTimeMs: clock.wallClock() };
      sendPing({ type: 'ping', edgeTimeMs: this.#lastPing.edgeTimeMs });
    }
    this.#alarm.set(Math.min(this.#nextPingMs, this.#lastReceivedMs + deadAfterMs));
  }
}
