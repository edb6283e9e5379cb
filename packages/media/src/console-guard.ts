/**
 * Runs a synchronous call of a library that reports its errors to the console: the first report is thrown instead.
 *
 * `opus-decoder` prints every error. Nothing else can run during a synchronous call, so nothing else notices that the console is not there.
 *
 * @throws Error with the report as its message.
 */
export function withoutConsole<T>(call: () => T): T {
  const { error } = console;
  console.error = (...report: readonly unknown[]) => {
    throw new Error(report.map(String).join(' '));
  };
  try {
    return call();
  } finally {
    console.error = error;
  }
}
