import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import OpenAI, { toFile } from 'openai';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import { SessionError } from '../src/session/session-error.ts';
import { formOf, startFileServer, wavBytes } from './support/file-server.ts';

type Bench = Awaited<ReturnType<typeof startFileServer>>;

/** Nothing of any request is left: no reader, no job, no byte in the spool. */
async function expectIdle({ readers, dispatcher, spooled, scheduler }: Bench): Promise<void> {
  await expect.poll(() => [readers.openFiles, dispatcher.running, scheduler.snapshot().audioMs]).toEqual([0, 0, 0]);
  await expect.poll(spooled).toEqual([]);
}

/** A connection on which a form is sent by hand. */
async function openForm({ port }: Bench, head = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  socket.write(
    `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\n${head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n`,
  );
  return socket;
}

const FILE_HEAD = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';

function textOf(socket: Socket): () => string {
  let text = '';
  socket.on('data', (piece: string) => {
    text += piece;
  });
  return () => text;
}

test('the official client reads a stream, delta by delta', async () => {
  const { base } = await startFileServer();
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
  const file = await toFile(wavBytes(3_000), 'speech.wav');
  const deltas: string[] = [];
  let done: string | undefined;
  for await (const event of await client.audio.transcriptions.create({ file, model: 'fake', stream: true })) {
    if (event.type === 'transcript.text.delta') deltas.push(event.delta);
    else if (event.type === 'transcript.text.done') done = event.text;
  }
  expect(deltas).toEqual(['word 1.', ' word 2.', ' word 3.']);
  expect(done).toBe(deltas.join(''));
});

test('a segment is sent before the next one is read', async () => {
  const { post, readers } = await startFileServer();
  let release = (): void => undefined;
  readers.beforeClip = (index) =>
    index < 2
      ? Promise.resolve()
      : new Promise((resolve) => {
          release = resolve;
        });
  const response = await post(
    formOf(wavBytes(3_000), [
      ['model', 'fake'],
      ['stream', 'true'],
    ]),
  );
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('word 2.')) text += (await reader.read()).value;
  expect(text).not.toContain('done');
  release();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('a file that turns out to be empty when it is read has a status, not a stream', async () => {
  const { post, readers } = await startFileServer();
  readers.beforeClip = async () => {
    throw new FileReaderError('media_empty', 'the file holds no sound');
  };
  const response = await post(
    formOf(wavBytes(1_000), [
      ['model', 'fake'],
      ['stream', 'true'],
    ]),
  );
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'media_empty' } });
});

test('a failure in the middle of a stream is an error that the official client throws', async () => {
  const { base, readers, metrics } = await startFileServer();
  readers.beforeClip = async (index) => {
    if (index === 1) throw new SessionError('decode_failed', 'recognition failed on this clip');
  };
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
  const file = await toFile(wavBytes(3_000), 'speech.wav');
  const read = async (): Promise<void> => {
    for await (const _event of await client.audio.transcriptions.create({ file, model: 'fake', stream: true }));
  };
  await expect(read()).rejects.toMatchObject({
    code: 'decode_failed',
    type: 'server_error',
    requestID: expect.stringMatching(/^[\da-f-]{36}$/),
  });
  // By the transcriber, and by nobody else.
  expect(metrics.count('rejected', 'decode_failed')).toBe(1);
});

test.each(['false', 'true'])('a client that leaves while its file is recognized stops the work (stream: %s)', async (stream) => {
  const bench = await startFileServer();
  bench.dispatcher.isHeld = true;
  const controller = new AbortController();
  const request = bench
    .post(
      formOf(wavBytes(60_000), [
        ['model', 'fake'],
        ['stream', stream],
      ]),
      { signal: controller.signal },
    )
    .then((response) => response.text())
    .catch(() => 'gone');
  await expect.poll(() => bench.dispatcher.running).toBe(2);
  controller.abort();
  expect(await request).toBe('gone');
  await expectIdle(bench);
  expect(bench.metrics.calls.find(([name]) => name === 'fileFinished')?.[1]).toMatchObject({ outcome: 'cancelled' });
  expect(bench.metrics.count('requestFinished')).toBe(0);
});

test.each(['false', 'true'])(
  'a client that leaves while its file waits for a reader or is read stops that (stream: %s)',
  async (stream) => {
    const bench = await startFileServer();
    const never = new Promise<void>(() => undefined);
    for (const wait of ['open', 'clip']) {
      bench.readers.gate = wait === 'open' ? never : Promise.resolve();
      bench.readers.beforeClip = () => never;
      const controller = new AbortController();
      const started = bench.metrics.count('fileStarted');
      const request = bench
        .post(
          formOf(wavBytes(60_000), [
            ['model', 'fake'],
            ['stream', stream],
          ]),
          { signal: controller.signal },
        )
        .then((response) => response.text())
        .catch(() => 'gone');
      await expect.poll(() => bench.metrics.count('fileStarted')).toBe(started + 1);
      if (wait === 'clip') await expect.poll(() => bench.readers.openFiles).toBe(1);
      controller.abort();
      expect(await request).toBe('gone');
      await expectIdle(bench);
      await expect.poll(() => bench.metrics.count('fileFinished')).toBe(started + 1);
    }
  },
);

test.each(['destroy', 'end'] as const)('a client that leaves in mid-upload (%s) leaves nothing behind', async (how) => {
  const bench = await startFileServer();
  const socket = await openForm(bench);
  socket.write(`${FILE_HEAD}${'x'.repeat(50_000)}`);
  await expect.poll(bench.spooled).toHaveLength(1);
  socket[how]();
  await expectIdle(bench);
  await expect.poll(() => bench.metrics.count('requestFinished', 'openai', 'cancelled')).toBe(1);
  expect(bench.metrics.count('rejected')).toBe(0);
  expect(bench.readers.openedFiles).toBe(0);
});

test('a client that is refused in mid-upload can send the rest, and its next request on the same connection', async () => {
  const bench = await startFileServer();
  const socket = await openForm(bench);
  const text = textOf(socket);
  const body = `--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n${FILE_HEAD}`;
  socket.write(body.padEnd(1_000_000, 'x'));
  socket.write('GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*model_not_found[\s\S]*HTTP\/1\.1 200 [\s\S]*"object":"list"/);
  await expectIdle(bench);
});

test('an upload that falls silent is answered with 408, to be tried again, and removed', async () => {
  const bench = await startFileServer();
  const socket = await openForm(bench);
  const text = textOf(socket);
  socket.write(`${FILE_HEAD}RIFF`);
  await expect.poll(bench.spooled).toHaveLength(1);
  bench.clock.advance(45_000);
  await expect.poll(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*x-should-retry: true[\s\S]*"code":"upload_incomplete"/);
  await expectIdle(bench);
  expect(bench.metrics.count('rejected', 'upload_incomplete')).toBe(1);
  // It may read the answer; then it goes.
  expect(socket.destroyed).toBe(false);
  const closed = once(socket, 'close');
  bench.clock.advance(5_000);
  await closed;
});

test('an upload that drips loses its place to one that comes, and is told to try again', async () => {
  const bench = await startFileServer({ files: { maximumUploads: 1 } });
  const uploads: Socket[] = [];
  bench.app.server.on('request', (request) => uploads.push(request.socket));
  const socket = await openForm(bench);
  const text = textOf(socket);
  socket.write(`${FILE_HEAD}RIFF`);
  await expect.poll(bench.spooled).toHaveLength(1);
  expect((await bench.post(formOf(wavBytes(1_000)))).status).toBe(503);
  // Never as silent as would end it whoever comes.
  for (const waitMs of [15_000, 15_001]) {
    const before = uploads[0]!.bytesRead;
    socket.write('x');
    await expect.poll(() => uploads[0]!.bytesRead).toBe(before + 1);
    bench.clock.advance(waitMs);
  }
  expect(text()).toBe('');
  expect((await bench.post(formOf(wavBytes(1_000)))).status).toBe(200);
  await expect.poll(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*x-should-retry: true[\s\S]*"code":"upload_incomplete"/);
  await expectIdle(bench);
});

test('an upload that has come keeps its place while it is read, however long that takes', async () => {
  const bench = await startFileServer({ files: { maximumUploads: 1 } });
  bench.dispatcher.isHeld = true;
  const controller = new AbortController();
  const request = bench.post(formOf(wavBytes(1_000)), { signal: controller.signal }).catch(() => 'gone');
  await expect.poll(() => bench.dispatcher.running).toBe(1);
  bench.clock.advance(600_000);
  expect((await bench.post(formOf(wavBytes(1_000)))).status).toBe(503);
  controller.abort();
  expect(await request).toBe('gone');
  await expectIdle(bench);
});

test('an upload takes longer than other requests may, as long as bytes come, up to a total', async () => {
  const bench = await startFileServer({ http: { uploadTimeoutMs: 60_000 } });
  let serverBytes = (): number => 0;
  bench.app.server.on('request', (request) => {
    serverBytes = () => request.socket.bytesRead;
  });
  const socket = await openForm(bench);
  const text = textOf(socket);
  socket.write(`${FILE_HEAD}RIFF`);
  await expect.poll(bench.spooled).toHaveLength(1);
  for (let waitedMs = 0; waitedMs < 50_000; waitedMs += 10_000) {
    const before = serverBytes();
    socket.write('x');
    await expect.poll(serverBytes).toBe(before + 1);
    bench.clock.advance(10_000);
  }
  expect(text()).toBe('');
  bench.clock.advance(10_000);
  await expect.poll(text).toMatch(/^HTTP\/1\.1 408 /);
});

test('a client that asks first is answered before it sends what is not wanted', async () => {
  const bench = await startFileServer();
  bench.dispatcher.slots = 0;
  const refused = await openForm(bench, 'expect: 100-continue\r\n');
  const refusedText = textOf(refused);
  await once(refused, 'end');
  expect(refusedText()).toMatch(/^HTTP\/1\.1 503 /);
  bench.dispatcher.slots = 2;
  const wanted = await openForm(bench, 'expect: 100-continue\r\n');
  const wantedText = textOf(wanted);
  await expect.poll(wantedText).toContain('HTTP/1.1 100 Continue');
  wanted.destroy();
  await expectIdle(bench);
});

test('a silent socket lives while its file is recognized, and is an ordinary one afterwards', async () => {
  const bench = await startFileServer({ http: { idleConnectionMs: 100, heartbeatMs: 50 } });
  const timeouts: number[] = [];
  let socket: Socket | undefined;
  bench.app.server.on('request', (request) => {
    socket = request.socket;
    timeouts.push(request.socket.timeout ?? 0);
  });
  bench.dispatcher.isHeld = true;
  const response = bench.post(formOf(wavBytes(1_000)));
  await expect.poll(() => bench.dispatcher.running).toBe(1);
  expect(socket?.timeout).toBe(0);
  const drained = bench.drain(0);
  bench.clock.advance(1);
  await drained;
  expect((await response).status).toBe(503);
  expect((await fetch(`${bench.base}/healthz`)).status).toBe(200);
  expect(timeouts).toEqual([100, 100]);
});

test('a stream without news sends a sign of life, even before the file is open', async () => {
  const bench = await startFileServer();
  bench.readers.gate = new Promise<void>(() => undefined);
  const controller = new AbortController();
  const answering = bench.post(
    formOf(wavBytes(1_000), [
      ['model', 'fake'],
      ['stream', 'true'],
    ]),
    { signal: controller.signal },
  );
  await expect.poll(() => bench.metrics.count('fileStarted')).toBe(1);
  bench.clock.advance(15_000);
  const response = await answering;
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toMatch(/^: /);
  const piece = reader.read();
  await expect
    .poll(async () => {
      bench.clock.advance(15_000);
      return Promise.race([piece.then(({ value }) => value), new Promise((resolve) => setImmediate(resolve))]);
    })
    .toMatch(/^: /);
  controller.abort();
  await expectIdle(bench);
});

test('a client that does not read its stream holds up the reading, and is cut off', async () => {
  const bench = await startFileServer({ http: { idleConnectionMs: 400, heartbeatMs: 100 } });
  const socket = connect(bench.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const file = Buffer.from(wavBytes(1_000));
  // A file that is short on the disk and has no end: every clip has the longest text there is.
  const body = Buffer.concat([
    Buffer.from(
      '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nfake\r\n--b\r\ncontent-disposition: form-data; name="stream"\r\n\r\ntrue\r\n',
    ),
    Buffer.from(FILE_HEAD),
    file,
    Buffer.from('\r\n--b--\r\n'),
  ]);
  bench.dispatcher.text = 'word '.repeat(20_000);
  bench.readers.isEndless = true;
  socket.pause();
  socket.write(
    `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
  await expect.poll(() => bench.readers.clipsRead, { timeout: 10_000 }).toBeGreaterThan(0);
  await expect.poll(() => bench.readers.openFiles, { timeout: 20_000 }).toBe(0);
  // What the kernel takes for a socket that is not read, and what waits before it.
  expect(bench.readers.clipsRead).toBeLessThan(400);
  await expectIdle(bench);
  socket.destroy();
});

test('nothing of a recording, its form or its key is in the log', async () => {
  let log = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => (log += line) });
  const bench = await startFileServer({ logger });
  const form = formOf(wavBytes(1_000), [
    ['model', 'fake'],
    ['prompt', 'canary-prompt'],
    ['canary-field', 'canary-value'],
  ]);
  const headers = { authorization: 'Bearer canary-key' };
  expect(await (await bench.post(form, { headers })).text()).toContain('word 1.');
  const bad = formOf(wavBytes(1_000), [['model', 'canary-model']]);
  expect(await (await bench.post(bad, { headers })).text()).not.toContain('canary');
  const nameless = new FormData();
  nameless.append('canary-file', new Blob([wavBytes(100)]), 'canary.wav');
  expect((await bench.post(nameless, { headers })).status).toBe(400);
  await bench.app.close();
  expect(log).toContain('request finished');
  expect(log).not.toContain('canary');
  expect(log).not.toContain('word 1');
});
