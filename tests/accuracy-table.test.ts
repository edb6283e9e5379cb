import { expect, test } from 'vitest';
import type { Heard } from '../benchmarks/accuracy/hearing.ts';
import type { Way } from '../benchmarks/accuracy/listener.ts';
import type { Item } from '../benchmarks/accuracy/material.ts';
import { differenceOf, figureOf, isReached, ROWS, type Row } from '../benchmarks/accuracy/row.ts';
import { formatFigures } from '../benchmarks/accuracy/tables.ts';

const samples = new Float32Array(0);

function item(id: string, speaker: string | undefined, part: Partial<Item>): Item {
  return { id, group: 'sentences', slice: 'ljspeech', speaker, text: undefined, phrases: [], samples, isOnlyCut: false, ...part };
}

function hear(said: Heard['said'], text: string | undefined, way: Way = 'cuts'): Heard {
  return { listener: 'outspoken', way, said, clips: text === undefined ? undefined : [{ text }], text: text ?? '' };
}

const say = (one: Item, shiftMs = 0): Heard['said'] => ({ item: one, shiftMs, samples, whole: samples, cuts: [] });

function row(name: string): Row {
  const found = ROWS.find((one) => one.name === name);
  if (!found) throw new RangeError(`no row is called ${name}`);
  return found;
}

const first = item('a', 'x', { text: 'one two three four' });
const second = item('b', 'y', { text: 'five six' });

test('averages the errors of all shifts, with as many words as are said once', () => {
  const heard = [
    hear(say(first), 'one two three four'),
    hear(say(first, 10), 'one too three'),
    hear(say(second), 'five'),
    hear(say(second, 10), ''),
  ];
  expect(figureOf(row('sentences, WER'), heard, 2)).toMatchObject({ errors: 2.5, total: 6, ratio: 5 / 12, heardCount: 2, refusedCount: 0 });
});

test('leaves out what a system refused, and compares two only on what both heard', () => {
  const [said, other] = [say(first), say(second)];
  const whole = [hear(said, undefined, 'whole'), hear(other, 'five', 'whole')];
  const cuts = [hear(said, ''), hear(other, 'five six')];
  expect(figureOf(row('sentences, WER'), whole, 1)).toMatchObject({ errors: 1, total: 2, heardCount: 1, refusedCount: 1 });
  expect(differenceOf(row('sentences, WER'), whole, cuts)).toMatchObject({ difference: -0.5 });
  expect(figureOf(row('sentences, WER'), [], 1)).toBeUndefined();
});

test('counts orders that come back empty and slots that are heard', () => {
  const order = item('o', undefined, { group: 'orders', slice: 'orders', phrases: ['double shot', 'brown sugar'] });
  const heard = [hear(say(order), 'A double shot, please.'), hear(say({ ...order, id: 'p' }), '')];
  const empty = row('spoken orders that come back empty');
  const slots = row('- their slots heard');
  const [emptyFigure, slotFigure] = [figureOf(empty, heard, 1), figureOf(slots, heard, 1)];
  expect(emptyFigure).toMatchObject({ errors: 1, total: 2 });
  expect(slotFigure).toMatchObject({ ratio: 0.75, total: 4 });
  expect(emptyFigure && isReached(empty, emptyFigure)).toBe(true);
  expect(slotFigure && isReached(slots, slotFigure)).toBe(false);
});

test('shows the share of slots that are heard, and the interval the same way round', () => {
  const order = item('o', undefined, { group: 'orders', slice: 'orders', phrases: ['double shot', 'brown sugar'] });
  const items = [order, { ...order, id: 'p' }];
  const heard = [hear(say(items[0] as Item), 'A double shot, with brown sugar.'), hear(say(items[1] as Item), '')];
  const lines = formatFigures({ items, heard, names: ['outspoken'], shiftCount: 1 }, 'cuts').split('\n');
  expect(lines[3]?.split('|').map((cell) => cell.trim())).toEqual([
    '',
    '- their slots heard',
    '4 slots',
    'not known',
    '≥ 85 %',
    'no',
    '50.00 % (0.0 to 100.0)',
    '',
  ]);
});

test('tells clips cut from a recording without speech from its excerpts', () => {
  const file = item('rain', 'rain', { group: 'noise', slice: 'noise files', isOnlyCut: true });
  const excerpt = item('rain 1', 'rain', { group: 'noise', slice: 'noise' });
  const heard: Heard[] = [{ ...hear(say(file), 'you'), clips: [{ text: '' }, { text: 'you' }, { text: '' }] }, hear(say(excerpt), '')];
  expect(figureOf(row('clips cut from those recordings that have a text'), heard, 1)).toMatchObject({ errors: 1, total: 3 });
  expect(figureOf(row('excerpts without speech that have a text'), heard, 1)).toMatchObject({ errors: 0, total: 1 });
});
