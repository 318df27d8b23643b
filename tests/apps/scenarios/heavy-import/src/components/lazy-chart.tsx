"use client";

import type { Bars } from "@/lib/chart-data";

import PlayCountChart from "./play-count-chart";

export function LazyChart(bars: Bars) {
  return (
    <div className="chart">
      <PlayCountChart {...bars} />
    </div>
  );
}
