/** Reads `m:ss` or `h:mm:ss` into whole seconds. */
export function parseDuration(text: string): number {
  const match = /^(?:(\d+):(?=\d\d:))?(\d{1,2}):([0-5]\d)$/.exec(text);
  if (match === null) {
    throw new RangeError(`not a duration: ${JSON.stringify(text)} (write m:ss or h:mm:ss)`);
  }
  const [, hours = "0", minutes, seconds] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Writes seconds as `m:ss`, or `h:mm:ss` from an hour on. */
export function formatDuration(totalSeconds: number): string {
  if (!Number.isFinite(totalSeconds) || totalSeconds < 0) {
    throw new RangeError(`not a duration in seconds: ${String(totalSeconds)}`);
  }
  const whole = Math.round(totalSeconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const seconds = String(whole % 60).padStart(2, "0");
  return hours > 0
    ? `${String(hours)}:${String(minutes).padStart(2, "0")}:${seconds}`
    : `${String(minutes)}:${seconds}`;
}

/** The machine form for a `<time datetime>`: `PT4M5S`. */
export function isoDuration(totalSeconds: number): string {
  const whole = Math.round(totalSeconds);
  return `PT${String(Math.floor(whole / 60))}M${String(whole % 60)}S`;
}
