import { describe, expect, it } from "vitest";

import { count, formatDate, formatList, percent } from "./format";

describe("formatDate", () => {
  it("writes a day in full", () => {
    expect(formatDate("2026-03-07")).toBe("7 March 2026");
  });

  it("refuses what is not a day", () => {
    expect(() => formatDate("7 March")).toThrow(RangeError);
  });
});

describe("formatList", () => {
  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b", "c"], "a, b and c"],
  ])("joins %j", (items, text) => {
    expect(formatList(items)).toBe(text);
  });
});

describe("count", () => {
  it("knows the singular", () => {
    expect(count(1, "show")).toBe("1 show");
  });

  it("adds an s, or takes the plural given", () => {
    expect([count(0, "show"), count(2, "city", "cities")]).toEqual(["0 shows", "2 cities"]);
  });
});

describe("percent", () => {
  it("rounds", () => {
    expect(percent(2, 3)).toBe("67 %");
  });

  it("survives an empty whole", () => {
    expect(percent(0, 0)).toBe("0 %");
  });
});
