import type { PlayCount } from "./statistics";

export interface Bars {
  readonly labels: string[];
  readonly values: number[];
}

/** The bars of a play-count chart: the `limit` most played songs, the rest as one bar. */
export function bars(counts: readonly PlayCount[], limit: number): Bars {
  const shown = counts.slice(0, limit);
  const rest = counts.slice(limit).reduce((sum, { plays }) => sum + plays, 0);
  const labels = shown.map(({ title }) => title);
  const values = shown.map(({ plays }) => plays);
  return rest === 0
    ? { labels, values }
    : { labels: [...labels, "Other songs"], values: [...values, rest] };
}
