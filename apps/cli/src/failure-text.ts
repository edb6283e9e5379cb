import { CliError, codeOf } from './cli-error.ts';

/** What to do about a failure, where its own message does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  unsupported_media: 'convert it to WAV, MP3 or Opus',
  media_damaged: 'play it to see what is wrong, or convert it again from the original',
  media_empty: 'check the recording',
  media_too_long: 'cut it, or raise OUTSPOKEN_MAXIMUM_FILE_MS',
  media_too_complex: 'convert it to one or two channels at 48 kHz or less',
  reader_failed: 'convert it to WAV if it alone fails, run "outspoken doctor" if all do',
  readers_busy: 'try again with a smaller --jobs',
  overloaded: 'try again with a smaller --jobs',
  ENOENT: 'the file has gone, check the path',
  EACCES: 'check the permissions of the file',
};

/** One line about why a recording has no transcript: the reason, and what to do. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [firstLine = ''] = error.message.split('\n');
  const advice = error instanceof CliError ? undefined : ADVICE[codeOf(error) ?? ''];
  return advice === undefined ? firstLine : `${firstLine}; ${advice}`;
}
