// Keeps the folders under the key, unless the key is taken: an entry never changes.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { copy, entryFolder, locate, read } from "./store.mjs";

const { key, paths } = read();
const folder = entryFolder(paths, key);

if (process.env.STATE_exact === "true" || existsSync(folder)) {
  console.log(`cache entry exists already: ${key}`);
} else if (!paths.some((one) => existsSync(locate(one)))) {
  console.log(`::warning title=stand-in::nothing to cache: none of ${paths.join(", ")} exists`);
} else {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(path.join(draft, "data"), { recursive: true });
  paths.forEach((one, index) => {
    if (existsSync(locate(one))) {
      copy(locate(one), path.join(draft, "data", String(index)));
    }
  });
  writeFileSync(path.join(draft, "entry.json"), JSON.stringify({ key, paths, saved: Date.now() }));
  try {
    renameSync(draft, folder);
    console.log(`cache saved: ${key}`);
  } catch {
    // A job beside this one was quicker.
    rmSync(draft, { recursive: true, force: true });
  }
}
