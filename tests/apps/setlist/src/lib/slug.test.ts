import { describe, expect, it } from "vitest";

import { isSlug, slugify } from "./slug";

describe("slugify", () => {
  it.each([
    ["The Paper Lanterns", "the-paper-lanterns"],
    ["Åsa Lindqvist", "asa-lindqvist"],
    ["Harbour & Tide", "harbour-and-tide"],
    ["  --- ", ""],
  ])("turns %j into %j", (name, slug) => {
    expect(slugify(name)).toBe(slug);
  });

  it("leaves a slug as it is", () => {
    expect(slugify(slugify("Harbour & Tide"))).toBe("harbour-and-tide");
  });
});

describe("isSlug", () => {
  it("accepts words joined by single hyphens", () => {
    expect(isSlug("harbour-and-tide")).toBe(true);
  });

  it.each(["", "Upper", "two--hyphens", "-edge", "a/b", "a.b"])("refuses %j", (segment) => {
    expect(isSlug(segment)).toBe(false);
  });
});
