import { expect, test } from 'vitest';
import { TicketStore } from '../src/session/ticket-store.ts';
import { ManualClock } from './support/manual-clock.ts';

function bench(maximumTickets = 100) {
  const clock = new ManualClock();
  return { clock, store: new TicketStore({ clock, ttlMs: 60_000, maximumTickets }) };
}

test('a ticket lets in once', () => {
  const { store } = bench();
  const ticket = store.issue();
  expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(store.redeem(ticket)).toBe(true);
  expect(store.redeem(ticket)).toBe(false);
  expect(store.size).toBe(0);
});

test('a ticket is void when its time is over', () => {
  const { clock, store } = bench();
  const [early, late] = [store.issue(), store.issue()];
  clock.advance(59_999);
  expect(store.redeem(early)).toBe(true);
  clock.advance(1);
  expect(store.redeem(late)).toBe(false);
});

test('what is not a ticket is refused', () => {
  const { store } = bench();
  store.issue();
  for (const text of ['', 'x', '../..', 'a'.repeat(43), 'a'.repeat(1_000_000)]) expect(store.redeem(text)).toBe(false);
  expect(store.size).toBe(1);
});

test('at the bound the oldest ticket goes', () => {
  const { store } = bench(2);
  const [first, second, third] = [store.issue(), store.issue(), store.issue()];
  expect(store.size).toBe(2);
  expect([first, second, third].map((ticket) => store.redeem(ticket))).toEqual([false, true, true]);
});

test('sweeping forgets expired tickets only', () => {
  const { clock, store } = bench();
  store.issue();
  clock.advance(30_000);
  store.issue();
  clock.advance(30_000);
  store.sweep();
  expect(store.size).toBe(1);
});
