"use client";

import archive from "@/lib/archive.json";
import { bars } from "@/lib/chart-data";
import { count } from "@/lib/format";

import PlayCountChart from "./play-count-chart";

/** Every show ever, counted in the visitor's browser. */
export function Archive() {
  const counts = new Map<string, number>();
  for (const show of archive) {
    const city = show.split(" | ").at(1) ?? "elsewhere";
    counts.set(city, (counts.get(city) ?? 0) + 1);
  }
  const cities = [...counts].map(([title, plays]) => ({ title, plays }));
  return (
    <section aria-labelledby="archive">
      <h2 id="archive">The archive</h2>
      <p>{count(archive.length, "show")} since 1994.</p>
      <div className="chart">
        <PlayCountChart {...bars(cities, 8)} />
      </div>
    </section>
  );
}
