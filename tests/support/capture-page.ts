import { readFileSync } from 'node:fs';
import type { CaptureEventMap, CaptureStatus, SpeechCapture, SpeechCaptureOptions } from '@outspoken/edge';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { fixturePath } from './fixtures.ts';

/** An event of a capture as it reached the page; `capture` is the number of the capture on the page. */
export type CapturedEvent = {
  readonly [Name in keyof CaptureEventMap]: { readonly capture: number; readonly name: Name; readonly detail: CaptureEventMap[Name] };
}[keyof CaptureEventMap];

/** How the sound of the page is made. */
export interface SoundOptions {
  /** Rate of the context that makes the stream. */
  readonly sampleRateHz?: number;
  /** Whether the left one of two channels stays silent. */
  readonly isLeftSilent?: boolean;
}

/** How the page is set up. */
export interface CapturePageOptions {
  /** A module of the page; when left out, the SDK is put into `lab`. */
  readonly script?: string;
  /** What the person has answered to the question for the microphone. @defaultValue granted */
  readonly permission?: Permission;
}

/** What the page keeps for the test. */
interface Lab {
  /** The SDK, once the page has loaded it. */
  SpeechCapture: new (
    options: SpeechCaptureOptions,
  ) => SpeechCapture;
  readonly captures: SpeechCapture[];
  /** Every track that getUserMedia gave. */
  readonly tracks: MediaStreamTrack[];
  /** Makes the sound of the page. */
  openSound(context: AudioContext, isLeftSilent?: boolean): MediaStream;
  sound?: { readonly context: AudioContext; readonly input: AudioNode; readonly stream: MediaStream };
  /** Makes a capture whose events reach the test; returns its number. */
  create(options?: Partial<SpeechCaptureOptions>): number;
}

declare global {
  var lab: Lab;
}

/** Patience for one event on a machine that is busy. */
const EVENT_TIMEOUT_MS = 30_000;
const EVENT_NAMES: readonly (keyof CaptureEventMap)[] = [
  'state',
  'level',
  'speechstart',
  'pause',
  'resume',
  'speechend',
  'misfire',
  'clipstart',
  'clip',
  'interim',
  'transcript',
  'rejected',
  'stats',
  'error',
];

/** Runs in the page before any script of it. */
function installLab(names: readonly (keyof CaptureEventMap)[]): void {
  globalThis.lab = {
    // Put in by the script of the page.
    SpeechCapture: undefined as unknown as Lab['SpeechCapture'],
    captures: [],
    tracks: [],
    create(options = {}) {
      const capture = new this.SpeechCapture({ serverUrl: './', assetBaseUrl: './edge/', ...options });
      const number = this.captures.push(capture) - 1;
      for (const name of names) {
        // Over the console, since a call of the browser driver counts as a gesture of the person.
        capture.addEventListener(name, ({ detail }) => console.debug(JSON.stringify({ capture: number, name, detail })));
      }
      return number;
    },
    openSound(context, isLeftSilent = false) {
      const destination = context.createMediaStreamDestination();
      const input = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' });
      destination.channelCount = isLeftSilent ? 2 : 1;
      if (isLeftSilent) {
        input.connect(new ChannelMergerNode(context, { numberOfInputs: 2 }), 0, 1).connect(destination);
      } else {
        input.connect(destination);
      }
      this.sound = { context, input, stream: destination.stream };
      return destination.stream;
    },
  };
  const devices = navigator.mediaDevices;
  const original = devices?.getUserMedia.bind(devices);
  if (original) {
    devices.getUserMedia = async (constraints) => {
      const stream = await original(constraints);
      globalThis.lab.tracks.push(...stream.getTracks());
      return stream;
    };
  }
}

/** A bare page of the server's origin, under the server's own policy, that embeds the SDK and tells the test every event. */
export class CapturePage implements AsyncDisposable {
  readonly page: Page;
  readonly url: string;
  readonly events: CapturedEvent[] = [];
  /** What the console called an error. */
  readonly complaints: string[] = [];
  /** Stays attached: what it sets is forgotten when it goes. */
  readonly #session: CDPSession;
  readonly #waiting = new Set<() => void>();

  private constructor(page: Page, session: CDPSession, url: string) {
    this.page = page;
    this.#session = session;
    this.url = url;
    page.on('console', (message) => {
      if (message.type() === 'error') {
        this.complaints.push(message.text());
      } else if (message.type() === 'debug') {
        this.#receive(JSON.parse(message.text()) as CapturedEvent);
      }
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /**
   * Opens the page; its microphone is the one that the browser was launched with.
   */
  static async open(
    browser: Browser,
    serverUrl: string,
    { script = EMBED, permission = 'granted' }: CapturePageOptions = {},
  ): Promise<CapturePage> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const capturePage = new CapturePage(page, await context.newCDPSession(page), new URL('capture-page.html', serverUrl).href);
    await capturePage.setPermission(permission);
    await capturePage.#serve(serverUrl, script);
    await page.addInitScript(installLab, EVENT_NAMES);
    await page.goto(capturePage.url);
    return capturePage;
  }

  /** What the browser answers for the microphone from now on; taking it back ends what is open. */
  async setPermission(setting: Permission): Promise<void> {
    const { targetInfo } = await this.#session.send('Target.getTargetInfo');
    const { browserContextId } = targetInfo;
    const origin = new URL(this.url).origin;
    const target = browserContextId === undefined ? { origin } : { origin, browserContextId };
    await this.#session.send('Browser.setPermission', { permission: { name: 'microphone' }, setting, ...target });
  }

  /** Makes a capture and returns its number. */
  create(options: Partial<Omit<SpeechCaptureOptions, 'source' | 'policy'>> = {}): Promise<number> {
    return this.page.evaluate((given) => globalThis.lab.create(given), options);
  }

  /** Starts a capture from the microphone or the sound of the page; returns the code of the error, or `ok`. */
  start(source: 'microphone' | 'sound' = 'microphone', capture = 0): Promise<string> {
    return this.page.evaluate(
      async ([from, number]) => {
        const stream = globalThis.lab.sound?.stream;
        try {
          await globalThis.lab.captures[number]?.start(from === 'sound' && stream ? { source: { type: 'stream', stream } } : {});
          return 'ok';
        } catch (cause) {
          return (cause as { code: string }).code;
        }
      },
      [source, capture] as const,
    );
  }

  stop(capture = 0): Promise<void> {
    return this.page.evaluate((number) => globalThis.lab.captures[number]?.stop(), capture);
  }

  close(capture = 0): Promise<void> {
    return this.page.evaluate((number) => globalThis.lab.captures[number]?.close(), capture);
  }

  status(capture = 0): Promise<CaptureStatus | undefined> {
    return this.page.evaluate((number) => globalThis.lab.captures[number]?.status, capture);
  }

  /** Makes the stream into which {@link CapturePage.say} speaks. */
  openSound({ sampleRateHz, isLeftSilent = false }: SoundOptions = {}): Promise<void> {
    return this.page.evaluate(
      ([sampleRate, isSilent]) => void globalThis.lab.openSound(new AudioContext(sampleRate ? { sampleRate } : {}), isSilent),
      [sampleRateHz, isLeftSilent] as const,
    );
  }

  /** Plays a spoken prompt into the page's sound; resolves when it is over. */
  say(prompt: string): Promise<void> {
    return this.page.evaluate(async (name) => {
      const sound = globalThis.lab.sound;
      if (!sound) {
        throw new Error('the page has no sound');
      }
      const response = await fetch(`./speech/${name}.wav`);
      const buffer = await sound.context.decodeAudioData(await response.arrayBuffer());
      const source = new AudioBufferSourceNode(sound.context, { buffer });
      source.connect(sound.input);
      const over = new Promise((resolve) => source.addEventListener('ended', resolve, { once: true }));
      source.start();
      await over;
    }, prompt);
  }

  /** The first event of this name that fits, past or to come. */
  async waitFor<Name extends keyof CaptureEventMap>(
    name: Name,
    fits: (detail: CaptureEventMap[Name]) => boolean = () => true,
    capture = 0,
  ): Promise<CaptureEventMap[Name]> {
    await this.waitUntil(() => this.details(name, capture).some(fits), name);
    return this.details(name, capture).find(fits)!;
  }

  /** Resolves as soon as a condition on the events holds. */
  waitUntil(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (holds()) {
          this.#waiting.delete(look);
          clearTimeout(timer);
          resolve();
        }
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const told = this.events.filter(({ name }) => name !== 'level' && name !== 'stats');
        reject(
          new Error(`no ${what} in time; there were ${told.map(({ name, detail }) => `${name} ${JSON.stringify(detail)}`).join('\n')}`),
        );
      }, EVENT_TIMEOUT_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves with the first transcripts in the order of their clips. */
  async transcripts(count: number, capture = 0): Promise<CaptureEventMap['transcript'][]> {
    const finals = (): CaptureEventMap['transcript'][] => this.details('transcript', capture);
    await this.waitUntil(() => finals().length >= count, `${count} transcripts`);
    return finals().sort((a, b) => a.sequence - b.sequence);
  }

  /** Details of all events of one name so far. */
  details<Name extends keyof CaptureEventMap>(name: Name, capture = 0): CaptureEventMap[Name][] {
    const events = this.events.filter((event) => event.name === name && event.capture === capture);
    return events.map(({ detail }) => detail as CaptureEventMap[Name]);
  }

  /** The states that a capture went through. */
  states(capture = 0): string[] {
    const states = this.details('state', capture).map(({ state }) => state);
    return states.filter((state, index) => state !== states[index - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  async #serve(serverUrl: string, script: string): Promise<void> {
    const policy = (await fetch(serverUrl)).headers.get('content-security-policy') ?? '';
    const headers = { 'content-security-policy': policy };
    const body = '<!doctype html><title>capture</title><button>Listen</button><script type="module" src="./capture-page.js"></script>';
    await this.page.route(this.url, (route) => route.fulfill({ contentType: 'text/html', headers, body }));
    const scriptUrl = new URL('capture-page.js', this.url).href;
    await this.page.route(scriptUrl, (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await this.page.route(/\/speech\/[\w-]+\.wav$/, (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
      return route.fulfill({ contentType: 'audio/wav', body: readFileSync(fixturePath(`speech/${name}`)) });
    });
  }

  /** Not JSON's: the level of digital silence is -Infinity, and comes as null. */
  #receive(event: CapturedEvent): void {
    this.events.push(event);
    for (const look of [...this.#waiting]) {
      look();
    }
  }
}

/** What a browser can be told to answer for a permission: `prompt` is a question that is closed without an answer. */
export type Permission = 'granted' | 'denied' | 'prompt';

const EMBED = `import { SpeechCapture } from './edge/outspoken.js';\nlab.SpeechCapture = SpeechCapture;`;

/** Counts the audio contexts of a page that are not closed, as the browser's own debugger sees them. */
export class AudioContextCount {
  readonly #open = new Set<string>();

  private constructor(session: CDPSession) {
    session.on('WebAudio.contextCreated', ({ context }) => this.#open.add(context.contextId));
    session.on('WebAudio.contextChanged', ({ context }) => {
      if (context.contextState === 'closed') {
        this.#open.delete(context.contextId);
      }
    });
    session.on('WebAudio.contextWillBeDestroyed', ({ contextId }) => this.#open.delete(contextId));
  }

  static async start(page: Page): Promise<AudioContextCount> {
    const session = await page.context().newCDPSession(page);
    const count = new AudioContextCount(session);
    await session.send('WebAudio.enable');
    return count;
  }

  get open(): number {
    return this.#open.size;
  }
}
