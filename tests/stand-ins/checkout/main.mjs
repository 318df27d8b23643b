// Fetches one commit of a local repository into the workspace, the way actions/checkout leaves it:
// a branch is checked out as that branch, everything else detached; one commit deep unless asked.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

import { fail, flag, inputs, need, only, setOutput } from "#lib/runner.mjs";

const given = inputs([
  "repository",
  "ref",
  "token",
  "persist-credentials",
  "path",
  "clean",
  "fetch-depth",
  "fetch-tags",
  "show-progress",
  "set-safe-directory",
  "submodules",
  "lfs",
]);
only(given, {
  repository: [need("GITHUB_REPOSITORY")],
  clean: ["true"],
  submodules: ["false"],
  lfs: ["false"],
});
flag(given, "persist-credentials", true);
const tags = flag(given, "fetch-tags", false);
const depth = given["fetch-depth"] === "" ? 1 : Number(given["fetch-depth"]);
if (!Number.isInteger(depth) || depth < 0) {
  fail(`fetch-depth: ${given["fetch-depth"]} is not a count of commits`);
}

const source = path.resolve(need("REHEARSAL_REPOSITORY"));
const workspace = path.resolve(need("GITHUB_WORKSPACE"));
const target = path.resolve(workspace, given.path);
if (target !== workspace && !target.startsWith(workspace + path.sep)) {
  fail(`path: ${given.path} is outside the workspace`);
}

function git(folder, ...args) {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  return execFileSync("git", ["-c", "safe.directory=*", "-C", folder, ...args], options).trim();
}

/** The full name and commit of a reference in the local repository, or nothing. */
function resolve(reference) {
  const candidates = /^[0-9a-f]{40}$/.test(reference)
    ? [reference]
    : reference.startsWith("refs/")
      ? [reference]
      : [`refs/heads/${reference}`, `refs/tags/${reference}`];
  for (const name of candidates) {
    try {
      return { name, commit: git(source, "rev-parse", "--verify", "--quiet", `${name}^{commit}`) };
    } catch {
      // The next form, then.
    }
  }
  return undefined;
}

/** The commit of the run; for a pull request nobody merged yet, its head. */
function commitOfTheRun() {
  const event = process.env.GITHUB_EVENT_PATH;
  const head = event && JSON.parse(readFileSync(event, "utf8")).pull_request?.head?.sha;
  return resolve(need("GITHUB_SHA")) ?? (head ? resolve(head) : undefined);
}

const found = given.ref === "" ? commitOfTheRun() : resolve(given.ref);
if (found === undefined) {
  fail(`no commit ${given.ref || process.env.GITHUB_SHA} in the local repository`);
}

mkdirSync(target, { recursive: true });
for (const entry of readdirSync(target)) {
  rmSync(path.join(target, entry), { recursive: true, force: true });
}

try {
  git(target, "init", "--quiet", "--initial-branch=unborn");
  const url = `${process.env.GITHUB_SERVER_URL ?? "https://github.com"}/${need("GITHUB_REPOSITORY")}`;
  git(target, "remote", "add", "origin", url);
  const refs = [found.commit];
  if (depth === 0) {
    refs.push("+refs/heads/*:refs/remotes/origin/*");
  }
  if (depth === 0 || tags) {
    refs.push("+refs/tags/*:refs/tags/*");
  }
  const serve = "git -c safe.directory=* -c uploadpack.allowAnySHA1InWant=true upload-pack";
  const shallow = depth === 0 ? [] : [`--depth=${depth}`];
  git(target, "fetch", "--quiet", "--no-tags", `--upload-pack=${serve}`, ...shallow, `file://${source}`, ...refs);
  const branch = /^refs\/heads\/(.+)$/.exec(found.name)?.[1];
  if (branch === undefined) {
    git(target, "checkout", "--quiet", "--detach", found.commit);
  } else {
    git(target, "update-ref", `refs/remotes/origin/${branch}`, found.commit);
    git(target, "checkout", "--quiet", "-B", branch, `refs/remotes/origin/${branch}`);
  }
} catch (error) {
  fail(`git: ${error.stderr || error.message}`);
}

setOutput("ref", given.ref || process.env.GITHUB_REF || "");
setOutput("commit", found.commit);
console.log(`checked out ${found.commit} (${found.name})`);
