/** How the program ends, for a supervisor that decides what to do next. */
export const EXIT_CODE = Object.freeze({
  ok: 0,
  /** It could not start or go on: the port is taken, a worker does not load. Trying again may help. */
  failed: 1,
  /** `EX_CONFIG` of sysexits.h: a setting or a model file is wrong. Trying again does not help. */
  badConfiguration: 78,
});
