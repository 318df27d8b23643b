import type { Service } from "./health";

export const services: Readonly<Record<string, Service>> = {
  database: { status: "healthy" },
  search: { status: "down", note: "index not found" },
};
