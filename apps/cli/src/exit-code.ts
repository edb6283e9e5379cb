/** How the program ends, for a script that decides what to do next. */
export const EXIT_CODE = Object.freeze({
  ok: 0,
  /** A file, a model or a check failed; each has its line on standard error. */
  failed: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** `EX_CONFIG` of sysexits.h: a setting, a model or its files are wrong. */
  badConfiguration: 78,
  /** Stopped by Ctrl-C or by a supervisor. */
  interrupted: 130,
});

/** The lines of `--help` that list them. */
export const EXIT_CODE_HELP = `Exit codes:
  0    all is well
  1    a file, a model or a check failed; each has its line on standard error
  2    the command line is wrong, nothing was done
  78   a setting is wrong, or a model file is missing or not the one whose SHA-256 is pinned
  130  stopped by Ctrl-C`;
