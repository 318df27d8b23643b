"use client";

import { BarController, BarElement, CategoryScale, Chart, LinearScale } from "chart.js";
import { useEffect, useRef } from "react";

import type { Bars } from "@/lib/chart-data";

Chart.register(BarController, BarElement, CategoryScale, LinearScale);

/** Play counts as horizontal bars. The same numbers stand in the table beside it. */
export default function PlayCountChart({ labels, values }: Bars) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    if (canvas.current === null) {
      return;
    }
    const chart = new Chart(canvas.current, {
      type: "bar",
      data: { labels, datasets: [{ data: values, backgroundColor: "#8a1c4a" }] },
      options: {
        animation: false,
        indexAxis: "y",
        maintainAspectRatio: false,
        scales: { x: { beginAtZero: true, ticks: { precision: 0 } } },
      },
    });
    return () => {
      chart.destroy();
    };
  }, [labels, values]);

  return <canvas ref={canvas} role="img" aria-label="Bar chart: plays of each song" />;
}
