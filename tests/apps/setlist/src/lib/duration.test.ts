import { describe, expect, it } from "vitest";

import { formatDuration, isoDuration, parseDuration } from "./duration";

describe("parseDuration", () => {
  it("reads minutes and seconds", () => {
    expect(parseDuration("4:05")).toBe(245);
  });

  it("reads hours", () => {
    expect(parseDuration("1:02:03")).toBe(3723);
  });

  it.each(["", "4", "4:5", "4:60", "-1:00", "1:2:03"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0:00"],
    [59.6, "1:00"],
    [245, "4:05"],
    [3599, "59:59"],
    [3723, "1:02:03"],
  ])("writes %d as %j", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("undoes parseDuration", () => {
    expect(formatDuration(parseDuration("1:00:09"))).toBe("1:00:09");
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (seconds) => {
    expect(() => formatDuration(seconds)).toThrow(RangeError);
  });
});

describe("isoDuration", () => {
  it("writes the machine form", () => {
    expect(isoDuration(245)).toBe("PT4M5S");
  });
});
