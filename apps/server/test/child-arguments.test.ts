import { expect, test } from 'vitest';
import { childArguments } from '../src/child-arguments.ts';

test('hands on how sources are found, and nothing that is for one process only', () => {
  const shared = ['--conditions=@outspoken/source', '--import', 'tsx', '--max-old-space-size=900'];
  expect(childArguments([...shared, '--inspect-brk=9229', '--inspect'])).toEqual(shared);
});

test.each([[['--eval', 'start()']], [['-e', 'start()']], [['--eval=start()']], [['-p', 'start()']]])(
  'never hands on a program: a child of %j would be another parent',
  (program) => {
    expect(childArguments(['--import', 'tsx', '--input-type=module', ...program])).toEqual(['--import', 'tsx']);
  },
);
