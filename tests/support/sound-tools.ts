import { findOrInstallSystemPart, type SystemPart } from './system-part.ts';

const FFMPEG: SystemPart = {
  name: 'ffmpeg',
  variable: 'OUTSPOKEN_FFMPEG',
  commands: ['ffmpeg'],
  paths: ['/opt/homebrew/bin/ffmpeg', '/usr/local/bin/ffmpeg'],
  aptPackage: 'ffmpeg',
  hint: 'install ffmpeg, or set OUTSPOKEN_FFMPEG to its path',
};

const SOX: SystemPart = {
  name: 'sox',
  variable: 'OUTSPOKEN_SOX',
  commands: ['sox'],
  paths: ['/opt/homebrew/bin/sox', '/usr/local/bin/sox'],
  aptPackage: 'sox',
  hint: 'install SoX, or set OUTSPOKEN_SOX to its path',
};

/** Makes the sound files of other programs that the tests read. The product itself never runs it. */
export function findOrInstallFfmpeg(): string {
  return findOrInstallSystemPart(FFMPEG);
}

/** Makes the files that ffmpeg does not write, such as those of a pipe. */
export function findOrInstallSox(): string {
  return findOrInstallSystemPart(SOX);
}
