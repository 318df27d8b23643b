export type Status = "healthy" | "degraded" | "down";

export interface Service {
  readonly status: Status;
  readonly note?: string;
}

export interface HealthDocument {
  readonly status: Status;
  readonly version: string;
  readonly services: Readonly<Record<string, Service>>;
}

const SEVERITY: Readonly<Record<Status, number>> = { healthy: 0, degraded: 1, down: 2 };

/** The worst status among the services; a site with no services has nothing to be ill with. */
export function worstStatus(services: Readonly<Record<string, Service>>): Status {
  return Object.values(services).reduce<Status>(
    (worst, { status }) => (SEVERITY[status] > SEVERITY[worst] ? status : worst),
    "healthy",
  );
}

/** What `/api/health` answers. The top-level status always follows from the services. */
export function healthDocument(
  version: string,
  services: Readonly<Record<string, Service>>,
): HealthDocument {
  return { status: worstStatus(services), version, services };
}
