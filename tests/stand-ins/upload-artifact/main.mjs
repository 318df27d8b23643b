// Copies what the patterns select, laid out as the real action would: below the deepest folder that
// all patterns share. Contents only: links are followed and permissions are lost, as in a zip file.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import { compile, fixedPart } from "#lib/patterns.mjs";
import { fail, flag, inputs, lines, need, only, setOutput } from "#lib/runner.mjs";

const given = inputs([
  "name",
  "path",
  "if-no-files-found",
  "retention-days",
  "compression-level",
  "overwrite",
  "include-hidden-files",
  "archive",
]);
only(given, {
  "if-no-files-found": ["warn", "error", "ignore"],
  "compression-level": [..."0123456789"],
  archive: ["true"],
});
if (!/^(?:[1-9]\d*)?$/.test(given["retention-days"])) {
  fail(`retention-days: ${given["retention-days"]} is not a number of days`);
}
const name = given.name || "artifact";
if (/[":<>|*?\r\n\\/]/.test(name)) {
  fail(`name: ${name} holds a character artifacts may not have (" : < > | * ? \\ / or a line break)`);
}
const overwrite = flag(given, "overwrite", false);
const hidden = flag(given, "include-hidden-files", false);
const workspace = need("GITHUB_WORKSPACE");

/** The input's patterns as absolute `/`-separated paths, in the order given. */
const patterns = lines(given.path)
  .filter((line) => !line.startsWith("#"))
  .map((line) => {
    const exclude = line.startsWith("!");
    const text = line
      .slice(exclude ? 1 : 0)
      .trim()
      .replace(/^~(?=\/|$)/, homedir());
    const full = path.resolve(workspace, text).split(path.sep).join("/");
    const matcher = compile(full);
    // A folder stands for everything in it.
    const below = compile(`${full}/**`);
    return { exclude, start: fixedPart(full), matches: (file) => matcher.test(file) || below.test(file) };
  });
const starts = patterns.filter(({ exclude }) => !exclude).map(({ start }) => start);
if (starts.length === 0) {
  fail("path is required");
}

/** All files below a path, links followed; hidden ones only if asked for. */
function* walk(at) {
  if (!existsSync(at)) {
    return;
  }
  if (!statSync(at).isDirectory()) {
    yield at;
    return;
  }
  for (const entry of readdirSync(at).sort()) {
    if (hidden || !entry.startsWith(".")) {
      yield* walk(`${at === "/" ? "" : at}/${entry}`);
    }
  }
}

/** Whether any part of a path under the workspace starts with a dot. */
function isHidden(file) {
  return path
    .relative(workspace, file)
    .split(path.sep)
    .some((part) => part.startsWith(".") && part !== "..");
}

const seen = new Set(starts.flatMap((start) => [...walk(start)]));
const files = [...seen].sort().filter((file) => {
  // The last pattern that speaks of a file decides.
  const last = patterns.filter(({ matches }) => matches(file)).at(-1);
  return last !== undefined && !last.exclude && (hidden || !isHidden(file));
});

if (files.length === 0) {
  const message = `no files were found with the provided path: ${lines(given.path).join(", ")}`;
  if (given["if-no-files-found"] === "error") {
    fail(message);
  }
  if (given["if-no-files-found"] !== "ignore") {
    console.log(`::warning title=stand-in::${message}`);
  }
  process.exit(0);
}

/** The folder that becomes the root of the artifact. */
function rootFolder() {
  if (starts.length === 1) {
    return files.length === 1 && files[0] === starts[0] ? path.dirname(files[0]) : starts[0];
  }
  const [first, ...others] = starts.map((start) => start.split("/"));
  const same = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  const shared = (same === -1 ? first : first.slice(0, same)).join("/") || "/";
  return existsSync(shared) && statSync(shared).isDirectory() ? shared : path.dirname(shared);
}

const run = need("GITHUB_RUN_ID");
const folder = path.join(path.resolve(need("REHEARSAL_ARTIFACTS")), run, name);
if (existsSync(folder) && !overwrite) {
  fail(`an artifact named ${name} already exists in run ${run}`);
}
// Uploads of other jobs run beside this one, so an artifact appears whole or not at all.
const draft = path.join(path.dirname(path.dirname(folder)), `.draft-${run}-${process.pid}-${name}`);
const root = rootFolder();
const digest = createHash("sha256");
for (const file of files) {
  const inside = path.relative(root, file);
  const target = path.join(draft, inside);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(file, target);
  chmodSync(target, 0o644);
  digest.update(`${inside}\0`).update(createHash("sha256").update(readFileSync(target)).digest());
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(path.dirname(folder), { recursive: true });
renameSync(draft, folder);

const id = Number.parseInt(createHash("sha256").update(`${run}/${name}`).digest("hex").slice(0, 8), 16);
setOutput("artifact-id", String(id));
setOutput("artifact-digest", digest.digest("hex"));
const server = process.env.GITHUB_SERVER_URL ?? "https://github.com";
setOutput("artifact-url", `${server}/${need("GITHUB_REPOSITORY")}/actions/runs/${run}/artifacts/${id}`);
console.log(`artifact ${name}: ${files.length} files`);
