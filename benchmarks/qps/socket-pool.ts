import type { LoadSocket, OpenSocket } from './load-socket.ts';
import { PlainSocket } from './plain-socket.ts';
import { SpeechSocket } from './speech-socket.ts';
import type { StepPlan, TargetAddress } from './step-plan.ts';

/** Sockets that are opened at one time: connecting is not what is measured. */
const OPENED_AT_ONCE = 8;

const OPENERS: Readonly<Record<TargetAddress['protocol'], OpenSocket>> = { 'asr.v1': SpeechSocket.open, plain: PlainSocket.open };

/** Keeps the sockets of each server open from step to step. */
export class SocketPool {
  readonly #sockets = new Map<string, LoadSocket[]>();
  #troubles = new Map<string, number>();

  /** What went wrong with connections since the last call, by code. */
  takeTroubles(): Readonly<Record<string, number>> {
    const troubles = Object.fromEntries(this.#troubles);
    this.#troubles = new Map();
    return troubles;
  }

  /** Hands out as many sockets as the plan wants; opens what is missing. */
  async take({ target, socketCount }: StepPlan): Promise<readonly LoadSocket[]> {
    const sockets = this.#sockets.get(keyOf(target)) ?? [];
    this.#sockets.set(keyOf(target), sockets);
    while (sockets.length < socketCount) {
      const count = Math.min(OPENED_AT_ONCE, socketCount - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: count }, (_, index) => this.#open(target, sockets.length + index)))));
    }
    return sockets.slice(0, socketCount);
  }

  /** Closes the sockets of a server, and with them what is still unanswered. */
  async discard(target: TargetAddress): Promise<void> {
    const sockets = this.#sockets.get(keyOf(target)) ?? [];
    this.#sockets.delete(keyOf(target));
    await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
  }

  #open(target: TargetAddress, index: number): Promise<LoadSocket> {
    const url = target.urls[index % target.urls.length] ?? '';
    return OPENERS[target.protocol](url, (code) => this.#troubles.set(code, (this.#troubles.get(code) ?? 0) + 1));
  }
}

function keyOf(target: TargetAddress): string {
  return target.urls.join(' ');
}
