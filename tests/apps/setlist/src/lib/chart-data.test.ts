import { describe, expect, it } from "vitest";

import { bars } from "./chart-data";

const counts = [
  { title: "A", plays: 3 },
  { title: "B", plays: 2 },
  { title: "C", plays: 1 },
];

describe("bars", () => {
  it("shows all songs when there is room", () => {
    expect(bars(counts, 3)).toEqual({ labels: ["A", "B", "C"], values: [3, 2, 1] });
  });

  it("adds up what does not fit", () => {
    expect(bars(counts, 1)).toEqual({ labels: ["A", "Other songs"], values: [3, 3] });
  });

  it("has no bars without songs", () => {
    expect(bars([], 5)).toEqual({ labels: [], values: [] });
  });
});
