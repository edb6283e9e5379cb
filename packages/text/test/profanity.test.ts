import { expect, test } from 'vitest';
import { maskProfanity } from '../src/profanity.ts';
import { through } from './support/spoken.ts';

test.each([
  ['Oh shit, no!', 'Oh s***, no!'],
  ['SHIT happens', 'S*** happens'],
  ["that bastard's car", "that b******'* car"],
  ['a blow job', 'a b*** j**'],
  ['a god-damned mess', 'a g**-****** mess'],
])('%s → %s', (heard, written) => {
  expect(through(maskProfanity, heard)).toBe(written);
});

test.each(['Scunthorpe has classes', 'Mister Cox moved a pawn', 'the patient is of male sex', 'hell of a job'])('spares: %s', (heard) => {
  expect(through(maskProfanity, heard)).toBe(heard);
});
