/** The environment variables that may name a release, the most specific first. */
const SOURCES = ["STAGEGATE_SHA", "GITHUB_SHA"] as const;

/** Which commit this build is of: `dev` on a developer's machine. */
export function releaseId(env: Readonly<Record<string, string | undefined>>): string {
  for (const name of SOURCES) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== "") {
      return value;
    }
  }
  return "dev";
}
