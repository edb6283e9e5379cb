import { setTimeout as wait } from 'node:timers/promises';
import { clipPolicyId, DEFAULT_CLIP_POLICY, floatToInt16 } from '@outspoken/audio';
import { type OutgoingUtterance, type Rejection, SpeechClient, type SpeechClientSettings } from '@outspoken/client';
import { loadModelFiles } from '@outspoken/models';
import type { FinalMessage, InterimMessage } from '@outspoken/protocol';
import { type DetectorEvent, loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { type NodeTransport, sessionRequester, transportOpener } from './node-transport.ts';

const CHUNK_SAMPLES = 1536; // 96 ms

/** What a talker heard back for one clip. */
export interface Heard {
  readonly final: FinalMessage;
  /** From the last chunk that was spoken into `end` until the final, in milliseconds of real time. */
  readonly endToFinalMs: number;
}

/** What a speech detector found when it had heard the stream up to this sample. */
export interface SpeechMoment {
  readonly atSample: number;
  readonly events: readonly DetectorEvent[];
}

/** Settings of a {@link Talker}. */
export interface TalkerOptions {
  readonly wantsInterims?: boolean;
  readonly settings?: Partial<SpeechClientSettings>;
}

/** What the browser SDK does, in Node: audio, speech detector, client, real socket. */
export class Talker implements AsyncDisposable {
  readonly client: SpeechClient;
  readonly finals: Heard[] = [];
  readonly interims: InterimMessage[] = [];
  readonly rejections: Rejection[] = [];
  readonly clipIds: string[] = [];
  /** The newest socket, for tests that cut it. */
  transport: NodeTransport | undefined;
  readonly #detector: SpeechDetector;
  readonly #endedAtMs = new Map<string, number>();
  readonly #releaseModel: () => Promise<void>;
  #utterance: OutgoingUtterance | undefined;
  #isContinuing = false;
  #wake: (() => void) | undefined;

  private constructor(client: SpeechClient, detector: SpeechDetector, releaseModel: () => Promise<void>) {
    this.client = client;
    this.#detector = detector;
    this.#releaseModel = releaseModel;
    client.events.addEventListener('final', ({ detail }) => {
      this.finals.push({ final: detail, endToFinalMs: performance.now() - (this.#endedAtMs.get(detail.clipId) ?? Number.NaN) });
      this.#wake?.();
    });
    client.events.addEventListener('interim', ({ detail }) => this.interims.push(detail));
    client.events.addEventListener('rejected', ({ detail }) => {
      this.rejections.push(detail);
      this.#wake?.();
    });
  }

  /** Connects a talker to a server. */
  static async create(serverUrl: string, options: TalkerOptions = {}): Promise<Talker> {
    const { files } = await loadModelFiles('silero-vad-v6');
    const model = await loadSileroVad(runtime, files.model);
    let talker: Talker | undefined;
    const client = new SpeechClient({
      requestSession: sessionRequester(serverUrl),
      openTransport: transportOpener(serverUrl, (transport) => {
        if (talker) {
          talker.transport = transport;
        }
      }),
      sdk: { name: 'outspoken-node', version: '0.1.0' },
      clipPolicyId: await clipPolicyId(DEFAULT_CLIP_POLICY),
      wantsInterims: options.wantsInterims ?? false,
      ...options.settings,
    });
    talker = new Talker(client, new SpeechDetector({ model }), () => model.close());
    client.connect();
    return talker;
  }

  /**
   * Says samples at 16 kHz.
   *
   * @param pace - `live` takes as long as the audio is; `fast` hands it over as fast as it can be judged.
   */
  async say(samples: Float32Array, pace: 'live' | 'fast' = 'fast'): Promise<void> {
    const startedAtMs = performance.now();
    for (let offset = 0; offset < samples.length; offset += CHUNK_SAMPLES) {
      if (pace === 'live') {
        const dueMs = startedAtMs + (offset + CHUNK_SAMPLES) / 16;
        await wait(Math.max(0, dueMs - performance.now()));
      }
      this.#handle(await this.#detector.push(samples.subarray(offset, offset + CHUNK_SAMPLES)));
    }
  }

  /** Says speech that was judged beforehand, each moment when it is due: no detector competes with the server for the processor. */
  async replay(moments: readonly SpeechMoment[]): Promise<void> {
    const startedAtMs = performance.now();
    for (const { atSample, events } of moments) {
      await wait(Math.max(0, startedAtMs + atSample / 16 - performance.now()));
      this.#handle(events);
    }
  }

  /** Ends what is under way, as when the microphone is switched off. */
  async stop(): Promise<void> {
    this.#handle(await this.#detector.flush('stop'));
  }

  /** Resolves when every clip so far has its final or was rejected. */
  async settled(): Promise<void> {
    while (this.finals.length + this.rejections.length < this.clipIds.length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The texts in the order in which they were spoken. */
  get text(): string {
    const inOrder = [...this.finals].sort((a, b) => a.final.sequence - b.final.sequence);
    return inOrder
      .map(({ final }) => final.text)
      .filter((text) => text !== '')
      .join(' ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.#releaseModel();
  }

  #handle(events: readonly DetectorEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'clip_start':
          this.#start(event.startSample);
          break;
        case 'clip_audio':
          this.#utterance?.push(floatToInt16(event.samples));
          break;
        case 'maybe_end':
          this.#utterance?.maybeEnd({ evidence: event.evidence });
          break;
        case 'clip_end':
          this.#end(event);
          break;
        default:
          break;
      }
    }
  }

  #start(startSample: number): void {
    const continuesClipId = this.#isContinuing ? this.clipIds.at(-1) : undefined;
    this.#utterance = this.client.startUtterance({
      startMs: startSample / 16,
      preRollMs: DEFAULT_CLIP_POLICY.preRollMs,
      ...(continuesClipId === undefined ? {} : { continuesClipId }),
    });
    this.clipIds.push(this.#utterance.clipId);
  }

  #end(event: Extract<DetectorEvent, { type: 'clip_end' }>): void {
    const { reason, continues, evidence, levelDbfs } = event;
    this.#isContinuing = continues;
    if (this.#utterance) {
      this.#endedAtMs.set(this.#utterance.clipId, performance.now());
      this.#utterance.end({ reason, continues, evidence, levelDbfs });
      this.#utterance = undefined;
    }
  }
}
