import { readFileSync } from 'node:fs';
import {
  CLIENT_MESSAGES,
  CLOSE_CODES,
  DEFAULT_WINDOW,
  ERROR_CODES,
  MAX_BAD_MESSAGES,
  MAX_CLIP_MS,
  MAX_CONTROL_BYTES,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_SERVER_MESSAGE_BYTES,
  MIN_CLIP_SAMPLES,
  parseClientMessage,
  parseRefusalBody,
  parseServerMessage,
  parseSessionGrant,
  parseSessionRequest,
  RESUME_WINDOW_MS,
  SERVER_MESSAGES,
  STALL_MS,
} from '@outspoken/protocol';
import { expect, test } from 'vitest';

const DOCUMENT = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8');
const EXAMPLES = [...DOCUMENT.matchAll(/^```json (\S+)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! }));

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  client: parseClientMessage,
  server: parseServerMessage,
  'session-request': (text) => parseSessionRequest(JSON.parse(text)),
  'session-grant': (text) => parseSessionGrant(JSON.parse(text)),
  'session-refusal': (text) => parseRefusalBody(JSON.parse(text)),
};

/** The cells of the table rows under a heading, without the table's own head. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  const rows = body.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

test('every example is what the schema reads, with no field that the schema does not know', () => {
  expect(EXAMPLES.length).toBeGreaterThan(0);
  expect(DOCUMENT.match(/^```json/gm)).toHaveLength(EXAMPLES.length);
  for (const { kind, text } of EXAMPLES) expect(PARSERS[kind]!(text), text).toEqual(JSON.parse(text));
});

test('every message type has its section and its example', () => {
  const typesOf = (kind: string) => EXAMPLES.filter((example) => example.kind === kind).map((example) => JSON.parse(example.text).type);
  expect(typesOf('client').sort()).toEqual(Object.keys(CLIENT_MESSAGES).sort());
  expect(typesOf('server').sort()).toEqual(Object.keys(SERVER_MESSAGES).sort());
  expect(EXAMPLES.map((example) => example.kind)).toEqual(expect.arrayContaining(Object.keys(PARSERS)));
  for (const type of [...Object.keys(CLIENT_MESSAGES), ...Object.keys(SERVER_MESSAGES)]) expect(DOCUMENT).toContain(`\n### \`${type}\`\n`);
});

test('the table of error codes is the one in code', () => {
  expect(tableUnder('Error codes')).toEqual(
    Object.entries(ERROR_CODES).map(([code, { isRetryable, httpStatus, advice }]) => [
      `\`${code}\``,
      isRetryable ? 'yes' : 'no',
      String(httpStatus),
      advice,
    ]),
  );
});

test('the table of close codes is the one in code', () => {
  expect(tableUnder('Close codes')).toEqual(
    Object.entries(CLOSE_CODES).map(([code, { name, meaning, shouldReconnect }]) => [code, name, meaning, shouldReconnect ? 'yes' : 'no']),
  );
});

test('the limits are those in code', () => {
  const numbers = tableUnder('Limits').map(([, value]) => Number.parseInt(value!, 10));
  expect(numbers.slice(0, -1)).toEqual([
    MAX_HELLO_BYTES,
    MAX_CONTROL_BYTES,
    MAX_SERVER_MESSAGE_BYTES,
    MAX_FRAME_BYTES,
    DEFAULT_WINDOW,
    MIN_CLIP_SAMPLES,
    MAX_CLIP_MS,
    STALL_MS,
    RESUME_WINDOW_MS,
    MAX_BAD_MESSAGES,
  ]);
});
