// Copies artifacts back: a single one that was asked for lands in the path itself, several land in a
// folder each unless they are to be merged.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import { compile } from "#lib/patterns.mjs";
import { fail, flag, inputs, need, only, setOutput } from "#lib/runner.mjs";

const given = inputs([
  "name",
  "artifact-ids",
  "path",
  "pattern",
  "merge-multiple",
  "github-token",
  "repository",
  "run-id",
  "skip-decompress",
  "digest-mismatch",
]);
only(given, {
  repository: [need("GITHUB_REPOSITORY")],
  "skip-decompress": ["false"],
  "digest-mismatch": ["error", "warn", "ignore", "info"],
});
if (given.name !== "" && given["artifact-ids"] !== "") {
  fail("name and artifact-ids exclude each other");
}
const merge = flag(given, "merge-multiple", false);
const run = given["run-id"] || need("GITHUB_RUN_ID");
if (!/^\d+$/.test(run)) {
  fail(`run-id: ${run} is not a number`);
}
if (run !== need("GITHUB_RUN_ID") && given["github-token"] === "") {
  fail(`run-id: without a github-token the real action would read this run, not run ${run}`);
}

const folder = path.join(path.resolve(need("REHEARSAL_ARTIFACTS")), run);
const all = existsSync(folder) ? readdirSync(folder).sort() : [];
const idOf = (name) => Number.parseInt(createHash("sha256").update(`${run}/${name}`).digest("hex").slice(0, 8), 16);

/** The names to download. */
function chosen() {
  if (given.name !== "") {
    return all.includes(given.name)
      ? [given.name]
      : fail(`no artifact named ${given.name} in run ${run}; there are: ${all.join(", ") || "none"}`);
  }
  if (given["artifact-ids"] !== "") {
    const ids = given["artifact-ids"].split(",").map((id) => Number(id.trim()));
    const names = ids.map((id) => all.find((name) => idOf(name) === id));
    return names.includes(undefined) ? fail(`no artifact ${ids[names.indexOf(undefined)]} in run ${run}`) : names;
  }
  const pattern = given.pattern === "" ? undefined : compile(given.pattern);
  return all.filter((name) => pattern === undefined || pattern.test(name));
}

const names = chosen();
const home = given.path.replace(/^~(?=\/|$)/, homedir());
const target = path.resolve(need("GITHUB_WORKSPACE"), home);
const flat = merge || given.name !== "" || (given["artifact-ids"] !== "" && names.length === 1);
mkdirSync(target, { recursive: true });
for (const name of names) {
  cpSync(path.join(folder, name), flat ? target : path.join(target, name), { recursive: true });
}
if (names.length === 0) {
  console.log(`::warning title=stand-in::no artifact of run ${run} matches ${given.pattern || "(all)"}`);
}
setOutput("download-path", target);
console.log(`downloaded ${names.join(", ") || "nothing"} from run ${run}`);
