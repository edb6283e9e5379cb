import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLogger } from '../src/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

test('writes one JSON line with level, time and the fields of its children', () => {
  const line = logged((logger) => logger.child({ reqId: 'abc' }).info({ clipId: 'c', durationMs: 5 }, 'clip transcribed'));
  expect(JSON.parse(line)).toMatchObject({ level: 'info', reqId: 'abc', clipId: 'c', durationMs: 5, msg: 'clip transcribed' });
  expect(line.endsWith('}\n')).toBe(true);
});

test('logs method and path of a request and nothing else of it', () => {
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = '/v1/stream?token=canary';
  request.headers = { authorization: 'canary', cookie: 'canary', 'sec-websocket-protocol': 'asr.v1, ticket.canary' };
  const line = logged((logger) => logger.info({ req: request }, 'request'));
  expect(line).not.toContain('canary');
  expect(JSON.parse(line).req).toEqual({ method: 'GET', path: '/v1/stream' });
});

test('never logs what was said or what opens a session', () => {
  const fields = ['text', 'words', 'tokens', 'transcript', 'samples', 'audio', 'ticket', 'resumeToken', 'headers', 'pii'];
  for (const field of fields) {
    const line = logged((logger) => {
      logger.info({ [field]: 'canary' }, 'top');
      logger.info({ message: { [field]: 'canary' } }, 'nested');
    });
    expect(line, field).not.toContain('canary');
  }
});

test('logs code, message and causes of an error, and not the fields it happens to carry', () => {
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'decode_failed', payload: 'canary' });
  const line = logged((logger) => logger.error({ err: error }, 'failed'));
  expect(line).not.toContain('canary');
  expect(JSON.parse(line).err).toMatchObject({ code: 'decode_failed', message: 'outer', cause: { message: 'inner' } });
  expect(JSON.parse(logged((logger) => logger.error({ err: 'canary' }, 'failed'))).err).toEqual({ type: 'string' });
});
