"use client";

import dynamic from "next/dynamic";

import type { Bars } from "@/lib/chart-data";

const PlayCountChart = dynamic(() => import("./play-count-chart"), { ssr: false });

export function LazyChart(bars: Bars) {
  return (
    <div className="chart">
      <PlayCountChart {...bars} />
    </div>
  );
}
