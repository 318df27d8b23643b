import { describe, expect, it } from "vitest";

import { healthDocument, type Service, worstStatus } from "./health";

const healthy: Service = { status: "healthy" };
const degraded: Service = { status: "degraded", note: "slow" };
const down: Service = { status: "down" };

describe("worstStatus", () => {
  it.each([
    [{}, "healthy"],
    [{ database: healthy, search: healthy }, "healthy"],
    [{ database: healthy, search: degraded }, "degraded"],
    [{ database: down, search: degraded }, "down"],
  ])("of %j is %j", (services, status) => {
    expect(worstStatus(services)).toBe(status);
  });
});

describe("healthDocument", () => {
  it("carries the release and every service", () => {
    expect(healthDocument("abc", { database: healthy })).toEqual({
      status: "healthy",
      version: "abc",
      services: { database: { status: "healthy" } },
    });
  });

  it("never claims health a service denies", () => {
    expect(healthDocument("abc", { database: healthy, search: down }).status).toBe("down");
  });
});
