import { describe, expect, it } from "vitest";

import type { Artist, Show } from "./artists";
import { averageLength, playCounts, unplayed, usualCloser, usualOpener } from "./statistics";

function show(...songs: string[]): Show {
  return { day: "2026-01-01", venue: "Hall", city: "Town", songs };
}

const shows = [show("A", "B", "C"), show("A", "C"), show("B", "A", "C")];
const artist: Artist = {
  slug: "someone",
  name: "Someone",
  blurb: "",
  songs: [
    { title: "A", length: 100 },
    { title: "B", length: 200 },
    { title: "D", length: 300 },
  ],
  shows,
};

describe("playCounts", () => {
  it("counts, sorts, and breaks ties by title", () => {
    expect(playCounts(shows)).toEqual([
      { title: "A", plays: 3 },
      { title: "C", plays: 3 },
      { title: "B", plays: 2 },
    ]);
  });

  it("is empty without shows", () => {
    expect(playCounts([])).toEqual([]);
  });
});

describe("openers and closers", () => {
  it("picks the usual ones", () => {
    expect([usualOpener(shows), usualCloser(shows)]).toEqual(["A", "C"]);
  });

  it("prefers the earlier of equals", () => {
    expect(usualOpener([show("B"), show("A")])).toBe("B");
  });

  it("copes with shows nobody wrote down", () => {
    expect(usualOpener([show()])).toBeUndefined();
  });
});

describe("unplayed", () => {
  it("names the songs left at home", () => {
    expect(unplayed(artist)).toEqual(["D"]);
  });
});

describe("averageLength", () => {
  it("skips songs of unknown length", () => {
    expect(averageLength(artist)).toBeCloseTo((3 * 100 + 2 * 200) / 3);
  });

  it("is nothing without shows", () => {
    expect(averageLength({ ...artist, shows: [] })).toBe(0);
  });
});
