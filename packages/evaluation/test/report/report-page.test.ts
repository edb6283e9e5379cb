import { expect, test } from 'vitest';
import { formatReportPage } from '../../src/report/report-page.ts';
import { smallReport } from './small-report.ts';

const page = formatReportPage(smallReport({ failures: [{ audioPath: '<e>.wav', reason: 'no "sound"' }] }), 5);

test('loads nothing from anywhere and runs nothing', () => {
  expect(page).not.toMatch(/<script|<link|<img|url\(|https?:\/\//);
  expect(page).toContain("default-src 'none'");
});

test('names model, graph, normaliser, date and commit', () => {
  for (const text of ['moonshine-tiny', 'signed', 'whisper-english/1', '2026-11-27T12:00:00.000Z', 'abc123']) expect(page).toContain(text);
});

test('marks each edit by a letter and by its element, not by colour alone', () => {
  expect(page).toContain('<span class="edit sub"><b>S</b>the → a</span>');
  expect(page).toContain('<del class="edit del"><b>D</b>3</del>');
  expect(page).toContain('<ins class="edit ins"><b>I</b>now</ins>');
});

test('takes text for text', () => {
  expect(page).toContain('&lt;e&gt;.wav</code>: no &quot;sound&quot;');
});

test('is made for light and dark', () => {
  expect(page).toContain('prefers-color-scheme: dark');
});
