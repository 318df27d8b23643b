import { describe, expect, it } from "vitest";

import { artists, findArtist } from "./artists";
import { isSlug } from "./slug";

describe("the catalogue", () => {
  it("gives every artist a page of their own", () => {
    const slugs = artists.map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(artists.length);
    expect(slugs.every(isSlug)).toBe(true);
  });

  it.each(artists.map((artist) => [artist.name, artist] as const))(
    "lists every song %s has played",
    (_name, { shows, songs }) => {
      const titles = songs.map(({ title }) => title);
      expect(titles).toEqual(expect.arrayContaining(shows.flatMap((show) => show.songs)));
    },
  );

  it("is in the order the shows were played", () => {
    for (const { shows } of artists) {
      const days = shows.map(({ day }) => day);
      expect(days).toEqual([...days].sort());
    }
  });
});

describe("findArtist", () => {
  it("finds by slug", () => {
    expect(findArtist("asa-lindqvist")?.name).toBe("Åsa Lindqvist");
  });

  it("finds nobody for an unknown slug", () => {
    expect(findArtist("nobody")).toBeUndefined();
  });
});
