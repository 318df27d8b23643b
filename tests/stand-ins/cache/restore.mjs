// Brings back the folders of an entry: the exact key, else the newest of the restore keys.
import { existsSync } from "node:fs";
import path from "node:path";

import { fail, flag, lines, setOutput, setState } from "#lib/runner.mjs";
import { copy, entryFolder, locate, newest, read } from "./store.mjs";

const given = read();
const { key, paths } = given;
const exact = entryFolder(paths, key);
const entry = existsSync(path.join(exact, "entry.json"))
  ? { folder: exact, key }
  : lines(given["restore-keys"])
      .map((prefix) => newest(paths, prefix))
      .find((one) => one !== undefined);

setOutput("cache-primary-key", key);
if (entry === undefined) {
  if (flag(given, "fail-on-cache-miss", false)) {
    fail(`no cache entry for ${key}`);
  }
  setOutput("cache-hit", "");
  console.log(`cache miss: ${key}`);
} else {
  if (!flag(given, "lookup-only", false)) {
    paths.forEach((one, index) => {
      const stored = path.join(entry.folder, "data", String(index));
      if (existsSync(stored)) {
        copy(stored, locate(one));
      }
    });
  }
  setOutput("cache-hit", String(entry.key === key));
  setOutput("cache-matched-key", entry.key);
  setState("exact", String(entry.key === key));
  console.log(`cache hit: ${entry.key}`);
}
