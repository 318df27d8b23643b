// node --test tests/stand-ins/   Each action is run as a runner would: inputs in, files and outputs out.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, test } from "node:test";

const here = import.meta.dirname;
let box;
const boxes = [];

beforeEach(() => {
  box = mkdtempSync(path.join(tmpdir(), "stand-ins-"));
  boxes.push(box);
  mkdirSync(path.join(box, "work"));
});
after(() => {
  for (const one of boxes) {
    rmSync(one, { recursive: true, force: true });
  }
});

function put(file, text = file) {
  const target = path.join(box, "work", file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function listing(folder) {
  return readdirSync(path.join(box, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(box, folder), path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Runs a script of an action and gives its exit code, its log and its outputs. */
function run(script, inputs, extra = {}) {
  const output = path.join(box, "output.txt");
  const state = path.join(box, "state.txt");
  writeFileSync(output, "");
  writeFileSync(state, "");
  const env = {
    PATH: process.env.PATH,
    HOME: box,
    GITHUB_WORKSPACE: path.join(box, "work"),
    GITHUB_OUTPUT: output,
    GITHUB_STATE: state,
    GITHUB_RUN_ID: "7",
    GITHUB_REPOSITORY: "acme/setlist",
    GITHUB_SERVER_URL: "http://127.0.0.1:1",
    REHEARSAL_ARTIFACTS: path.join(box, "artifacts"),
    REHEARSAL_CACHE: path.join(box, "cache"),
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...extra,
  };
  const { status, stdout, stderr } = spawnSync("node", [path.resolve(here, script)], { env, encoding: "utf8" });
  assert.equal(stderr, "");
  const parse = (file) =>
    Object.fromEntries(
      [...readFileSync(file, "utf8").matchAll(/^(.+)<<(end-.+)\n([\s\S]*?)\n\2$/gm)].map((m) => [m[1], m[3]]),
    );
  return { status, stdout, outputs: parse(output), state: parse(state) };
}

const upload = (inputs, extra) => run("upload-artifact/main.mjs", inputs, extra);
const download = (inputs, extra) => run("download-artifact/main.mjs", inputs, extra);

test("an action runs from a folder of its own, as a rehearsal lays it out", () => {
  const alone = path.join(box, "alone");
  for (const part of ["upload-artifact", "lib", "package.json"]) {
    const inside = part === "upload-artifact" ? alone : path.join(alone, part);
    cpSync(path.join(here, part), inside, { recursive: true });
  }
  put("dist/a.txt");
  assert.equal(run(path.join(alone, "main.mjs"), { name: "site", path: "dist" }).status, 0);
});

test("upload: a folder is laid out from itself, without hidden files", () => {
  put("dist/a.txt");
  put("dist/sub/b.txt");
  put("dist/.secret");
  const { status, outputs } = upload({ name: "site", path: "dist" });
  assert.equal(status, 0);
  assert.deepEqual(listing("artifacts/7/site"), ["a.txt", "sub/b.txt"]);
  assert.match(outputs["artifact-id"], /^\d+$/);
  assert.match(outputs["artifact-digest"], /^[0-9a-f]{64}$/);
  assert.match(outputs["artifact-url"], /^http:\/\/127\.0\.0\.1:1\/acme\/setlist\/actions\/runs\/7\/artifacts\/\d+$/);
});

test("upload: a hidden folder needs include-hidden-files", () => {
  put(".vercel/output/config.json");
  assert.equal(upload({ name: "a", path: ".vercel/output", "if-no-files-found": "error" }).status, 1);
  assert.equal(upload({ name: "b", path: ".vercel/output", "include-hidden-files": "true" }).status, 0);
  assert.deepEqual(listing("artifacts/7/b"), ["config.json"]);
});

test("upload: patterns, excludes and the folder they share", () => {
  for (const file of ["r/one.json", "r/two.json", "r/two.txt", "r/deep/three.json", "s/four.json"]) {
    put(file);
  }
  upload({ name: "reports", path: "r/**/*.json\n!r/two.json\ns/four.json" });
  assert.deepEqual(listing("artifacts/7/reports"), ["r/deep/three.json", "r/one.json", "s/four.json"]);
  upload({ name: "one", path: "r/one.json" });
  assert.deepEqual(listing("artifacts/7/one"), ["one.json"]);
  upload({ name: "not-last", path: "!r/two.json\nr" });
  assert.deepEqual(listing("artifacts/7/not-last"), ["deep/three.json", "one.json", "two.json", "two.txt"]);
});

test("upload: nothing found warns, fails or is ignored", () => {
  assert.match(upload({ name: "a", path: "no" }).stdout, /^::warning/);
  assert.equal(upload({ name: "a", path: "no", "if-no-files-found": "error" }).status, 1);
  const ignored = upload({ name: "a", path: "no", "if-no-files-found": "ignore" });
  assert.deepEqual([ignored.status, ignored.stdout], [0, ""]);
  assert.ok(!existsSync(path.join(box, "artifacts/7/a")));
});

test("upload: a name is taken once, unless overwritten", () => {
  put("a");
  assert.equal(upload({ name: "x", path: "a" }).status, 0);
  assert.equal(upload({ name: "x", path: "a" }).status, 1);
  put("b");
  assert.equal(upload({ name: "x", path: "b", overwrite: "true" }).status, 0);
  assert.deepEqual(listing("artifacts/7/x"), ["b"]);
});

test("upload: links are followed and permissions are lost", () => {
  put("d/real");
  execFileSync("chmod", ["755", path.join(box, "work/d/real")]);
  symlinkSync("real", path.join(box, "work/d/link"));
  upload({ name: "x", path: "d" });
  assert.deepEqual(listing("artifacts/7/x"), ["link", "real"]);
  assert.equal(statSync(path.join(box, "artifacts/7/x/real")).mode & 0o777, 0o644);
});

test("wrong uses fail loudly", () => {
  put("a");
  for (const inputs of [
    { name: "a/b", path: "a" },
    { name: "a", path: "a", nmae: "b" },
    { name: "a", path: "a", overwrite: "yes" },
    { name: "a", path: "a", "if-no-files-found": "fail" },
    { name: "a", path: "a", "retention-days": "soon" },
    { name: "a" },
  ]) {
    const { status, stdout } = upload(inputs);
    assert.equal(status, 1, JSON.stringify(inputs));
    assert.match(stdout, /^::error title=stand-in::/);
  }
});

test("download: one by name, many by pattern, merged or not", () => {
  for (const shard of ["1", "2"]) {
    put(`vitest-${shard}.json`);
    upload({ name: `reports-${shard}`, path: `vitest-${shard}.json` });
  }
  put("site");
  upload({ name: "site", path: "site" });
  assert.equal(download({ name: "site", path: "got" }).outputs["download-path"], path.join(box, "work/got"));
  assert.deepEqual(listing("work/got"), ["site"]);
  download({ pattern: "reports-*", path: "each" });
  assert.deepEqual(listing("work/each"), ["reports-1/vitest-1.json", "reports-2/vitest-2.json"]);
  download({ pattern: "reports-*", path: "merged", "merge-multiple": "true" });
  assert.deepEqual(listing("work/merged"), ["vitest-1.json", "vitest-2.json"]);
  download({ path: "all" });
  assert.equal(listing("work/all").length, 3);
});

test("download: what is not there fails, and so does another run without a token", () => {
  assert.equal(download({ name: "nope" }).status, 1);
  put("a");
  upload({ name: "a", path: "a" }, { GITHUB_RUN_ID: "6" });
  assert.equal(download({ name: "a", "run-id": "6" }).status, 1);
  assert.equal(download({ name: "a", "run-id": "6", "github-token": "t", path: "x" }).status, 0);
  assert.equal(download({ name: "a", repository: "other/repo" }).status, 1);
});

test("download: by identifier", () => {
  put("a");
  const id = upload({ name: "x", path: "a" }).outputs["artifact-id"];
  assert.equal(download({ "artifact-ids": id, path: "y" }).status, 0);
  assert.deepEqual(listing("work/y"), ["a"]);
  assert.equal(download({ "artifact-ids": "1", path: "y" }).status, 1);
});

test("cache: miss, save, hit, restore key", () => {
  const inputs = { path: "node_modules\n.next/cache", key: "k-1", "restore-keys": "k-" };
  assert.equal(run("cache/restore.mjs", inputs).outputs["cache-hit"], "");
  put("node_modules/pkg/index.js");
  put(".next/cache/x");
  assert.equal(run("cache/save.mjs", inputs).status, 0);
  rmSync(path.join(box, "work"), { recursive: true });
  mkdirSync(path.join(box, "work"));
  const hit = run("cache/restore.mjs", inputs);
  assert.deepEqual([hit.outputs["cache-hit"], hit.state.exact], ["true", "true"]);
  assert.deepEqual(listing("work"), [".next/cache/x", "node_modules/pkg/index.js"]);
  const near = run("cache/restore.mjs", { ...inputs, key: "k-2" });
  assert.deepEqual([near.outputs["cache-hit"], near.outputs["cache-matched-key"]], ["false", "k-1"]);
  assert.equal(run("cache/restore.mjs", { ...inputs, path: "other", "fail-on-cache-miss": "true" }).status, 1);
  assert.equal(run("cache/restore.mjs", { ...inputs, path: "**/node_modules" }).status, 1);
});

test("setup-node: old enough passes, newer than this machine fails", () => {
  const node = (inputs) => run("setup-node/main.mjs", inputs);
  for (const version of ["18", "20.x", ">=20.1.0", "lts/*", process.version, ""]) {
    assert.equal(node({ "node-version": version }).status, 0, version);
  }
  assert.equal(node({ "node-version": "20" }).outputs["node-version"], process.version);
  assert.equal(node({ "node-version": "99" }).status, 1);
  put(".nvmrc", "v99.1\n");
  assert.equal(node({ "node-version-file": ".nvmrc" }).status, 1);
  put("package.json", '{"engines":{"node":">=20.9"}}');
  assert.equal(node({ "node-version-file": "package.json" }).status, 0);
  assert.equal(node({ cache: "npm" }).status, 1);
  put("package-lock.json", "{}");
  assert.equal(node({ cache: "npm" }).status, 0);
});

test("checkout: the commit of the run, a branch, a tag, all history, another folder", () => {
  const repo = path.join(box, "repo");
  mkdirSync(repo);
  const git = (...args) =>
    execFileSync("git", ["-C", repo, "-c", "user.name=t", "-c", "user.email=t@example.invalid", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  git("init", "-q", "-b", "main");
  writeFileSync(path.join(repo, "a"), "1");
  git("add", ".");
  git("commit", "-qm", "one");
  git("tag", "v1");
  const first = git("rev-parse", "HEAD");
  writeFileSync(path.join(repo, "a"), "2");
  git("commit", "-qam", "two");
  const second = git("rev-parse", "HEAD");
  const checkout = (inputs, sha = second) =>
    run("checkout/main.mjs", inputs, { REHEARSAL_REPOSITORY: repo, GITHUB_SHA: sha, GITHUB_REF: "refs/heads/main" });
  const inWork = (...args) => execFileSync("git", ["-C", path.join(box, "work"), ...args], { encoding: "utf8" }).trim();

  put("left-over");
  assert.equal(checkout({}, first).outputs.commit, first);
  assert.deepEqual([readFileSync(path.join(box, "work/a"), "utf8"), inWork("rev-list", "--count", "HEAD")], ["1", "1"]);
  assert.ok(!existsSync(path.join(box, "work/left-over")));

  assert.equal(checkout({ ref: "main", "fetch-depth": "0" }).outputs.commit, second);
  assert.deepEqual(
    [inWork("branch", "--show-current"), inWork("rev-list", "--count", "HEAD"), inWork("tag")],
    ["main", "2", "v1"],
  );

  assert.equal(checkout({ ref: "v1" }).outputs.commit, first);
  assert.equal(checkout({ path: "sub", repository: "acme/setlist" }).outputs.commit, second);
  assert.equal(readFileSync(path.join(box, "work/sub/a"), "utf8"), "2");

  assert.equal(checkout({ ref: "nowhere" }).status, 1);
  assert.equal(checkout({ repository: "other/repo" }).status, 1);
  assert.equal(checkout({ path: "../out" }).status, 1);
  assert.equal(checkout({ submodules: "true" }).status, 1);
});
