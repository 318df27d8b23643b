// Entries live in REHEARSAL_CACHE/<hash of paths and key>/: entry.json, and data/<n> per path.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import { fail, inputs, lines, need, only } from "#lib/runner.mjs";

const RESTORING = ["restore-keys", "fail-on-cache-miss", "lookup-only"];

/** The inputs, read once for both halves of the action. */
export function read() {
  const given = inputs(["path", "key", "enableCrossOsArchive", "upload-chunk-size", ...RESTORING]);
  only(given, { enableCrossOsArchive: ["false"] });
  const paths = lines(given.path);
  const odd = paths.find((one) => /[*?[\]!]/.test(one));
  if (odd !== undefined) {
    fail(`path: ${odd} is a pattern, and the stand-in knows plain paths only`);
  }
  if (paths.length === 0 || given.key === "") {
    fail("path and key are required");
  }
  if (given.key.length > 512 || given.key.includes(",")) {
    fail(`key: ${given.key} is longer than 512 characters or holds a comma`);
  }
  return { ...given, paths };
}

export function root() {
  const folder = path.resolve(need("REHEARSAL_CACHE"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** As on GitHub, the same key with other paths is another entry. */
export function entryFolder(paths, key) {
  return path.join(
    root(),
    createHash("sha256")
      .update(JSON.stringify([paths, key]))
      .digest("hex"),
  );
}

/** The newest entry of these paths whose key starts with `prefix`. */
export function newest(paths, prefix) {
  return readdirSync(root())
    .map((name) => path.join(root(), name, "entry.json"))
    .filter((file) => existsSync(file))
    .map((file) => ({ folder: path.dirname(file), ...JSON.parse(readFileSync(file, "utf8")) }))
    .filter((entry) => JSON.stringify(entry.paths) === JSON.stringify(paths))
    .filter((entry) => entry.key.startsWith(prefix))
    .sort((a, b) => b.saved - a.saved)
    .at(0);
}

/** Where a path of the input lies on this machine. */
export function locate(one) {
  return path.resolve(need("GITHUB_WORKSPACE"), one.replace(/^~(?=\/|$)/, homedir()));
}

/**
 * Copies a file or folder. Installed packages are only ever replaced whole, so `node_modules` is
 * linked, which takes no time; anything else might be written in place and is truly copied.
 */
export function copy(from, to) {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(path.dirname(to), { recursive: true });
  if (path.basename(from) === "node_modules" || path.basename(to) === "node_modules") {
    try {
      execFileSync("cp", ["-al", from, to], { stdio: "ignore" });
      return;
    } catch {
      // Another file system, where links cannot reach.
      rmSync(to, { recursive: true, force: true });
    }
  }
  execFileSync("cp", process.platform === "linux" ? ["-a", "--reflink=auto", from, to] : ["-a", from, to]);
}
