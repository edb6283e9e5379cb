// With these Node runs a text in place of the file that it is given: a child would be a second parent, and so on without end.
const PROGRAM_FLAGS = new Set(['--eval', '-e', '--print', '-p', '-pe']);

/** The arguments of Node that a child process needs as well: those that say how its sources are found and compiled. */
export function childArguments(execArgv: readonly string[] = process.execArgv): string[] {
  return execArgv.filter((argument, index) => {
    const isProgram = PROGRAM_FLAGS.has(argument.split('=')[0] ?? '') || PROGRAM_FLAGS.has(execArgv[index - 1] ?? '');
    // A debugger port is for one process only.
    return !isProgram && !/^--(inspect|input-type)/.test(argument);
  });
}
