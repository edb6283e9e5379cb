import {
  type AudioFrameHeader,
  type ClientMessage,
  createUuidV7,
  encodeAudioFrame,
  parseServerMessage,
  type ServerMessage,
} from '@outspoken/protocol';
import { type NodeTransport, sessionRequester, transportOpener } from './node-transport.ts';

const POLICY_ID = `sha256:${'0'.repeat(64)}`;
const FRAME_SAMPLES = 16_000;

/** A client without manners: says what a test tells it to, right or wrong, and hears every answer. */
export class RawClient implements AsyncDisposable {
  readonly transport: NodeTransport;
  readonly heard: ServerMessage[] = [];
  #wake: (() => void) | undefined;
  #sequence = 0;

  private constructor(transport: NodeTransport) {
    this.transport = transport;
    void this.#listen();
  }

  /** Opens a socket by the usual road. Says no hello yet. */
  static async open(serverUrl: string): Promise<RawClient> {
    const signal = AbortSignal.timeout(10_000);
    const grant = await sessionRequester(serverUrl)(signal);
    return new RawClient(await transportOpener(serverUrl)(grant, signal));
  }

  /** Opens a socket and introduces itself. */
  static async greet(serverUrl: string, encoding: AudioFrameHeader['encoding'] = 'pcm_s16le'): Promise<RawClient> {
    const client = await RawClient.open(serverUrl);
    client.send({
      type: 'hello',
      protocol: 'asr.v1',
      sdk: { name: 'raw', version: '1.0.0' },
      audio: { encoding, sampleRateHz: 16_000 },
      clipPolicyId: POLICY_ID,
      wantsInterims: false,
      edgeTimeMs: Date.now(),
    });
    await client.hear('welcome');
    return client;
  }

  /** Sends a message of the protocol, or any text at all. */
  send(message: ClientMessage | string): void {
    this.transport.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Begins a clip and returns its id. */
  start(): string {
    const clipId = createUuidV7(Date.now());
    this.send({ type: 'start', clipId, sequence: this.#sequence, startMs: 0, preRollMs: 0 });
    this.#sequence += 1;
    return clipId;
  }

  /** Sends samples as frames of a second. */
  speak(clipId: string, samples: Int16Array | Float32Array, header: Partial<AudioFrameHeader> = {}): void {
    for (let offset = 0, chunk = 0; offset < samples.length; offset += FRAME_SAMPLES, chunk += 1) {
      const part = samples.slice(offset, offset + FRAME_SAMPLES);
      const isFloat = part instanceof Float32Array;
      this.transport.send(
        encodeAudioFrame(
          {
            clipId,
            encoding: isFloat ? 'pcm_f32le' : 'pcm_s16le',
            chunkSequence: chunk,
            offsetSamples: offset,
            sampleRateHz: 16_000,
            ...header,
          },
          new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
        ),
      );
    }
  }

  /** Ends a clip. */
  end(clipId: string, lengthSamples: number): void {
    const evidence = { voicedMs: lengthSamples / 16, peakProbability: 1, meanProbability: 1 };
    this.send({ type: 'end', clipId, lengthSamples, reason: 'stop', continues: false, evidence, levelDbfs: -20 });
  }

  /** Waits for the next message of a type, about one clip when `clipId` is given, and takes it. */
  async hear<T extends ServerMessage['type']>(type: T, clipId?: string): Promise<Extract<ServerMessage, { type: T }>> {
    const isWanted = (message: ServerMessage): message is Extract<ServerMessage, { type: T }> =>
      message.type === type && (clipId === undefined || ('clipId' in message && message.clipId === clipId));
    while (true) {
      const found = this.heard.find(isWanted);
      if (found) {
        this.heard.splice(this.heard.indexOf(found), 1);
        return found;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.transport.close();
    await this.transport.closed;
  }

  async #listen(): Promise<void> {
    for await (const data of this.transport.messages) {
      this.heard.push(parseServerMessage(String(data)));
      this.#wake?.();
    }
  }
}
