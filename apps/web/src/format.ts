/** Session time as minutes and seconds with a tenth: `1:03.4`. */
export function formatClock(timeMs: number): string {
  const tenths = Math.max(0, Math.floor(timeMs / 100));
  const seconds = Math.floor(tenths / 10) % 60;
  return `${Math.floor(tenths / 600)}:${String(seconds).padStart(2, '0')}.${tenths % 10}`;
}

/** A length of time in seconds with a tenth: `2.4 s`. */
export function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** A delay: whole milliseconds below a second, seconds above. */
export function formatDelay(delayMs: number): string {
  return Math.round(delayMs) < 1000 ? `${Math.round(delayMs)} ms` : `${(delayMs / 1000).toFixed(1)} s`;
}

/** Bytes in decimal units: `86 kB`, `1.18 MB`. */
export function formatBytes(sizeBytes: number): string {
  return sizeBytes < 999_500 ? `${Math.round(sizeBytes / 1000)} kB` : `${(sizeBytes / 1_000_000).toFixed(2)} MB`;
}

/** A ratio as whole per cent: `83 %`. */
export function formatPercent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

/** Below this there is only rounding noise; 16-bit sound ends at −96 dB. */
const SILENCE_DBFS = -100;

/** A level in decibels with a true minus sign; digital silence is `−∞`. */
export function formatLevel(levelDbfs: number): string {
  if (!(levelDbfs > SILENCE_DBFS)) return '−∞ dB';
  const rounded = Math.round(levelDbfs);
  return `${rounded < 0 ? '−' : ''}${Math.abs(rounded)} dB`;
}
