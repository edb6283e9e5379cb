import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatManifest, readManifest, sliceNameOf } from '../../src/manifest/manifest.ts';

test('reads NeMo lines with further fields, passing over empty ones', () => {
  const text =
    '\uFEFF{"audio_filepath": "a.wav", "duration": 1.5, "text": "Go", "speaker": "s1", "category": "order"}\r\n\r\n{"audio_filepath": "b.wav", "text": null}\n';
  expect(readManifest(text)).toEqual([
    { audioPath: 'a.wav', durationMs: 1500, text: 'Go', speaker: 's1', fields: { category: 'order' } },
    { audioPath: 'b.wav', text: null, fields: {} },
  ]);
});

test.each([
  ['{"audio_filepath": "a.wav"', 'manifest_line', /^line 2 .* is no JSON/],
  ['["a.wav"]', 'manifest_line', /^line 2 .* must be a JSON object/],
  ['{"text": "go"}', 'manifest_field', /^line 2 .* audio_filepath must be/],
  ['{"audio_filepath": "a.wav", "text": 5}', 'manifest_field', /^line 2 .* text must be/],
  ['{"audio_filepath": "a.wav", "duration": "1"}', 'manifest_field', /^line 2 .* duration must be/],
  ['{"audio_filepath": "a.wav", "speaker": []}', 'manifest_field', /^line 2 .* speaker must be/],
  ['{"audio_filepath": "a.wav", "offset": 2.5}', 'manifest_field', /^line 2 .* offset is not supported/],
])('names the line and what to do: %s', (line, code, message) => {
  const text = `{"audio_filepath": "first.wav", "text": "yes"}\n${line}\n`;
  expect(() => readManifest(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('refuses a manifest without a line', () => {
  expect(() => readManifest('\n \n')).toThrow(expect.objectContaining({ code: 'manifest_empty' }));
});

test('reads what it writes', () => {
  const entry = fc.record(
    {
      audioPath: fc.string({ minLength: 1 }),
      text: fc.option(fc.string()),
      durationMs: fc.integer({ min: 0, max: 1_000_000 }),
      speaker: fc.string(),
      fields: fc.dictionary(fc.constantFrom('category', 'source', 'room'), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
    },
    { requiredKeys: ['audioPath', 'text', 'fields'] },
  );
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
      const read = readManifest(formatManifest(entries));
      expect(read.map(({ durationMs: _, ...rest }) => rest)).toEqual(
        entries.map(({ durationMs: _, ...rest }) => ({ ...rest, fields: { ...rest.fields } })),
      );
      for (const [index, { durationMs }] of read.entries()) expect(durationMs ?? 0).toBeCloseTo(entries[index]?.durationMs ?? 0, 6);
    }),
    { seed: 20261127 },
  );
});

test('names slices by any field', () => {
  const [entry] = readManifest('{"audio_filepath": "a.wav", "text": "go", "speaker": 7, "note": null, "room": {"size": 2}, "year": 2026}');
  expect(['speaker', 'note', 'room', 'year', 'nothing'].map((field) => sliceNameOf(entry!, field))).toEqual([
    '7',
    '(none)',
    '{"size":2}',
    '2026',
    '(none)',
  ]);
});
