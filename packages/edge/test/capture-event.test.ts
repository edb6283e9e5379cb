import { expect, test } from 'vitest';
import { CaptureEvent } from '../src/capture-event.ts';

test('is an event with a detail that its name types', () => {
  const event = new CaptureEvent('misfire', { startMs: 1, endMs: 2, reason: 'too_short' });
  expect(event).toBeInstanceOf(Event);
  expect(event.type).toBe('misfire');
  expect(event.detail.reason).toBe('too_short');
  const target = new EventTarget();
  const seen: unknown[] = [];
  target.addEventListener('misfire', (each) => seen.push(each));
  target.dispatchEvent(event);
  expect(seen).toEqual([event]);
});
