import { expect, test } from 'vitest';
import { redactEmails, shownBeforeEmail } from '../../src/redaction/email.ts';
import { through } from '../support/spoken.ts';

test.each([
  ['write to john.doe@example.com.', 'write to [email].'],
  ['john dot doe at example dot com', '[email]'],
  ['it is john.doe at example.com, yes', 'it is [email], yes'],
  ['mail info at my company dot co dot uk now', 'mail [email] now'],
  ['anna underscore b at g m x dot net', '[email]'],
  ['j o h n at example dot com', '[email]'],
  ['it is john 42 at example dot com', 'it is [email]'],
  ['it is john forty two at example dot com', 'it is [email]'],
  ['it is john @ example.com', 'it is [email]'],
  ['it is john at sign example dot com', 'it is [email]'],
  ['john dot doe@example dot com', '[email]'],
  ['it is john @example.com', 'it is [email]'],
  ['a@b.de and c@d.fr', '[email] and [email]'],
  ['John, dot, doe, at, example, dot, com.', '[email].'],
  ['sales dash eu at big dash shop dot com', '[email]'],
])('%s → %s', (heard, written) => {
  expect(through(redactEmails, heard)).toBe(written);
});

test.each([
  'look at the dot on the map',
  'we met at noon',
  'at three point five percent',
  'he is good at that. Dot said so',
  'follow @john on example.com',
  'we ate at home on example.com',
  'at example dot com',
])('no address: %s', (heard) => {
  expect(through(redactEmails, heard)).toBe(heard);
});

test.each([
  ['my address is john', 3],
  ['my address is john.', 3],
  ['my address is john dot', 3],
  ['my address is john dot doe', 3],
  ['my address is john dot doe at', 3],
  ['my address is john dot doe at example', 3],
  ['my address is john dot doe at example dot', 3],
  ['we met at the', 3],
  ['mail john at example.com at', 1],
  ['mail john@example.com dot', 1],
  ['', 0],
])('shows %j up to word %d while more may come', (heard, count) => {
  expect(shownBeforeEmail(heard.split(' ').filter(Boolean))).toBe(count);
});
