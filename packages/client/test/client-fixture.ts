import { type ClientEventMap, SpeechClient, type SpeechClientOptions } from '../src/index.ts';
import { FakeServer } from './fake-server.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The end of an utterance, when its figures do not matter. */
export const END = {
  reason: 'silence',
  continues: false,
  evidence: { voicedMs: 100, peakProbability: 1, meanProbability: 0.5 },
  levelDbfs: Number.NEGATIVE_INFINITY,
} as const;

/** Time and chance as a test wants them, and interims. */
export function surroundings(clock: VirtualClock) {
  return { wantsInterims: true, now: clock.now, wallClock: clock.wallClock, setTimer: clock.setTimer, random: () => 0.5 };
}

/** A client with a server in memory, and everything that it fires. */
export function setUpClient(options: Partial<SpeechClientOptions> = {}, window = 3) {
  const clock = new VirtualClock();
  const server = new FakeServer(clock, window);
  const client = new SpeechClient({
    requestSession: server.requestSession,
    openTransport: server.openTransport,
    sdk: { name: 'test', version: '0' },
    clipPolicyId: `sha256:${'0'.repeat(64)}`,
    ...surroundings(clock),
    ...options,
  });
  const log: { [K in keyof ClientEventMap]: ClientEventMap[K][] } = {
    state: [],
    interim: [],
    final: [],
    rejected: [],
    continued: [],
    error: [],
  };
  client.events.addEventListener('state', (event) => log.state.push(event.detail));
  client.events.addEventListener('interim', (event) => log.interim.push(event.detail));
  client.events.addEventListener('final', (event) => log.final.push(event.detail));
  client.events.addEventListener('rejected', (event) => log.rejected.push(event.detail));
  client.events.addEventListener('continued', (event) => log.continued.push(event.detail));
  client.events.addEventListener('error', (event) => log.error.push(event.detail));
  const details = <K extends keyof ClientEventMap>(type: K) => log[type];
  const types = () => server.messages.map((message) => message.type);
  return { clock, server, client, details, types };
}

/** Samples that differ from their neighbours, so that a shift or a gap shows. */
export const speech = (sampleCount: number, from = 0) => Int16Array.from({ length: sampleCount }, (_, index) => (from + index) % 30_000);
