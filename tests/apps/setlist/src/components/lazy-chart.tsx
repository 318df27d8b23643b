"use client";

import dynamic from "next/dynamic";

import type { Bars } from "@/lib/chart-data";

// chart.js draws on a canvas: it is of no use on the server and too heavy for a first load.
const PlayCountChart = dynamic(() => import("./play-count-chart"), {
  ssr: false,
  loading: () => <p className="chart-note">Drawing the chart…</p>,
});

/** The box has a fixed height, so nothing moves when the chart arrives. */
export function LazyChart(bars: Bars) {
  return (
    <div className="chart">
      <PlayCountChart {...bars} />
    </div>
  );
}
