import { describe, expect, it } from "vitest";

import { releaseId } from "./release";

describe("releaseId", () => {
  it("prefers the commit the pipeline names", () => {
    expect(releaseId({ STAGEGATE_SHA: "abc", GITHUB_SHA: "def" })).toBe("abc");
  });

  it("takes an empty variable as absent", () => {
    expect(releaseId({ STAGEGATE_SHA: " ", GITHUB_SHA: "def" })).toBe("def");
  });

  it("says dev when nothing is known", () => {
    expect(releaseId({})).toBe("dev");
  });
});
