const MS_PER_SECOND = 1000;

/** A time for people: `0:05`, `12:34`, `1:02:03`. */
export function clockText(timeMs: number): string {
  const seconds = Math.max(0, Math.round(timeMs / MS_PER_SECOND));
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const end = `${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`;
}

/** How fast audio is worked off: `61x`, `0.8x`. */
export function speedText(speed: number): string {
  return `${speed >= 10 ? Math.round(speed) : speed.toFixed(1)}x`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size for people, in decimal units. */
export function sizeText(sizeBytes: number): string {
  const power = Math.min(UNITS.length - 1, sizeBytes < 1000 ? 0 : Math.floor(Math.log10(sizeBytes) / 3));
  const value = sizeBytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
