import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type MultipartBody, multipartBody } from '../src/transcriber/multipart.ts';
import { temporaryFolder } from './support/context.ts';

async function bytesOf(body: MultipartBody): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks()) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fileOf(content: string): { path: string; name: string; mediaType: string; sizeBytes: number } {
  const path = join(temporaryFolder(), 'a.wav');
  writeFileSync(path, content);
  return { path, name: 'a.wav', mediaType: 'audio/wav', sizeBytes: content.length };
}

test('is a form that others can read, of exactly the length that it announces', async () => {
  const body = multipartBody({
    fields: [
      ['model', 'tiny'],
      ['list[]', 'a'],
      ['list[]', 'b'],
    ],
    file: fileOf('sound'),
  });
  const bytes = await bytesOf(body);
  expect(bytes.length).toBe(body.lengthBytes);
  const form = await new Response(Uint8Array.from(bytes), { headers: { 'content-type': body.contentType } }).formData();
  expect([...form.keys()]).toEqual(['model', 'list[]', 'list[]', 'file']);
  expect(form.getAll('list[]')).toEqual(['a', 'b']);
  const file = form.get('file') as File;
  expect([file.name, file.type, await file.text()]).toEqual(['a.wav', 'audio/wav', 'sound']);
});

test('keeps its length when the file grows meanwhile', async () => {
  const file = fileOf('sound');
  const body = multipartBody({ fields: [], file });
  appendFileSync(file.path, ' and more');
  expect((await bytesOf(body)).length).toBe(body.lengthBytes);
});

test('holds an empty file', async () => {
  const body = multipartBody({ fields: [], file: fileOf('') });
  expect((await bytesOf(body)).length).toBe(body.lengthBytes);
});

test('lets no name break out of its line', async () => {
  const body = multipartBody({ fields: [], file: { ...fileOf('sound'), name: 'a"\r\nx: y.wav' } });
  const form = await new Response(Uint8Array.from(await bytesOf(body)), { headers: { 'content-type': body.contentType } }).formData();
  expect((form.get('file') as File).name).toBe('a"\r\nx: y.wav');
});
