import { cuesOf } from './cue.ts';
import { joinText } from './recording-segment.ts';
import type { RecordingSegment } from './recording-transcript.ts';

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/** The text on one line that ends in a line break; nothing for no segments. */
export function formatText(segments: readonly RecordingSegment[]): string {
  return segments.length === 0 ? '' : `${joinText(segments)}\n`;
}

/** SubRip subtitles: the form that most players read. Nothing for no segments. */
export function formatSrt(segments: readonly RecordingSegment[]): string {
  return cuesOf(segments)
    .map(({ startMs, endMs, lines }, index) => {
      return `${index + 1}\n${formatTime(startMs, ',')} --> ${formatTime(endMs, ',')}\n${lines.join('\n')}\n\n`;
    })
    .join('');
}

/** WebVTT subtitles: the form of browsers. Only the header for no segments. */
export function formatVtt(segments: readonly RecordingSegment[]): string {
  const cues = cuesOf(segments).map(({ startMs, endMs, lines }) => {
    return `${formatTime(startMs, '.')} --> ${formatTime(endMs, '.')}\n${lines.map(escapeVtt).join('\n')}\n\n`;
  });
  return `WEBVTT\n\n${cues.join('')}`;
}

/** Hours, minutes, seconds and milliseconds; hours have two digits or more. */
function formatTime(timeMs: number, separator: ',' | '.'): string {
  const hours = Math.floor(timeMs / MS_PER_HOUR);
  const minutes = Math.floor((timeMs % MS_PER_HOUR) / MS_PER_MINUTE);
  const seconds = Math.floor((timeMs % MS_PER_MINUTE) / MS_PER_SECOND);
  const clock = [hours, minutes, seconds].map((value) => String(value).padStart(2, '0')).join(':');
  return `${clock}${separator}${String(timeMs % MS_PER_SECOND).padStart(3, '0')}`;
}

/** What WebVTT would take for markup. The arrow that separates times is broken with it. */
function escapeVtt(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
