import { expect, test } from 'vitest';
import { formatReportText, percentText } from '../../src/report/report-text.ts';
import { smallReport } from './small-report.ts';

test('writes a table by slice, the worst clips and the circumstances', () => {
  const lines = formatReportText(smallReport(), 2).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'room  clips  speakers  empty  words  S  D  I       WER   95 % interval       CER',
    'hall      2         2      0      7  1  0  1   28.57 %   0.00 to 50.00   21.21 %',
    'bath      1         1      1      2  0  2  0  100.00 %               -  100.00 %',
    'all       3         2      1      9  1  2  1   44.44 %  40.00 to 50.00   27.78 %',
  ]);
  expect(lines).toContain('1 clips without a text, 1 of them heard as nothing');
  expect(lines).toContain('    turn [the>a] light on [+now]');
  expect(lines).toContain('    [-3] [-5]');
  expect(lines).toContain("normaliser   whisper-english/1: Whisper's English rules, then digit by digit");
});

test('lists what was not heard, and says that a run was stopped', () => {
  const text = formatReportText(
    smallReport({ failures: [{ audioPath: 'e.wav', reason: 'no sound file' }], plannedCount: 9, isStopped: true }),
    0,
  );
  expect(text).toContain('not heard:\n  e.wav: no sound file');
  expect(text).toContain('clips heard  4 of 9, the run was stopped');
  expect(text).not.toContain('most errors');
});

test('has a dash where there is no ratio', () => {
  expect([percentText(null), percentText(0.08666)]).toEqual(['-', '8.67 %']);
});
