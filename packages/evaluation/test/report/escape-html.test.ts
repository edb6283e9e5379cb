import { expect, test } from 'vitest';
import { escapeHtml } from '../../src/report/escape-html.ts';

test('leaves no character that means something to HTML', () => {
  expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;');
});
