import type { Artist, Show } from "./artists";

export interface PlayCount {
  readonly title: string;
  readonly plays: number;
}

/** How often each song was played, the most played first, equal counts by title. */
export function playCounts(shows: readonly Show[]): PlayCount[] {
  const counts = new Map<string, number>();
  for (const title of shows.flatMap(({ songs }) => songs)) {
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts]
    .map(([title, plays]) => ({ title, plays }))
    .sort((a, b) => b.plays - a.plays || a.title.localeCompare(b.title, "en"));
}

/** The song that opened most shows. */
export function usualOpener(shows: readonly Show[]): string | undefined {
  return mostFrequent(shows.map(({ songs }) => songs.at(0)));
}

/** The song that closed most shows. */
export function usualCloser(shows: readonly Show[]): string | undefined {
  return mostFrequent(shows.map(({ songs }) => songs.at(-1)));
}

/** Songs the artist has but has not played on this tour. */
export function unplayed({ songs, shows }: Artist): string[] {
  const played = new Set(shows.flatMap((show) => show.songs));
  return songs.map(({ title }) => title).filter((title) => !played.has(title));
}

/** The mean length of a show in seconds, counting only songs of known length. */
export function averageLength({ songs, shows }: Artist): number {
  if (shows.length === 0) {
    return 0;
  }
  const lengths = new Map(songs.map(({ title, length }) => [title, length]));
  const total = shows
    .flatMap((show) => show.songs)
    .reduce((sum, title) => sum + (lengths.get(title) ?? 0), 0);
  return total / shows.length;
}

/** The value seen most often; of equals, the one seen first. */
function mostFrequent(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== undefined) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  let best: string | undefined;
  for (const [value, n] of counts) {
    if (best === undefined || n > (counts.get(best) ?? 0)) {
      best = value;
    }
  }
  return best;
}
