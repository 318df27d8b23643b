// Answers whether the Node.js of this machine will do. Newer than wanted is good enough here.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { fail, inputs, lines, need, only, setOutput } from "#lib/runner.mjs";

const given = inputs([
  "node-version",
  "node-version-file",
  "architecture",
  "check-latest",
  "token",
  "cache",
  "package-manager-cache",
  "cache-dependency-path",
]);
only(given, { cache: ["npm"] });
const workspace = need("GITHUB_WORKSPACE");

/** The version text of a file in any of the forms the real action reads. */
function fromFile(name) {
  const file = path.resolve(workspace, name);
  if (!existsSync(file)) {
    fail(`node-version-file: ${name} does not exist`);
  }
  const text = readFileSync(file, "utf8");
  if (path.basename(file) === "package.json") {
    const { volta, devEngines, engines } = JSON.parse(text);
    const runtime = [devEngines?.runtime ?? []].flat().find((one) => one.name === "node");
    return volta?.node ?? runtime?.version ?? engines?.node ?? fail(`${name} names no Node.js version`);
  }
  const tool = /^(?:nodejs|node)\s+(\S+)/m.exec(text);
  return tool?.[1] ?? lines(text)[0] ?? fail(`${name} is empty`);
}

const wanted = given["node-version"] || (given["node-version-file"] && fromFile(given["node-version-file"]));
if (wanted && !/^(?:lts\/.+|latest|current|node)$/.test(wanted)) {
  // Of a range, the lowest version in it: the first number that stands in the text.
  const least = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(wanted);
  if (least === null) {
    fail(`cannot read the Node.js version ${JSON.stringify(wanted)}`);
  }
  const have = process.versions.node.split(".").map(Number);
  const want = least.slice(1).map((part) => Number(part ?? 0));
  const difference = want.map((part, index) => have[index] - part).find((part) => part !== 0) ?? 0;
  if (difference < 0) {
    fail(`Node.js ${wanted} is wanted, and this machine has ${process.versions.node}`);
  }
}
if (given.cache === "npm") {
  const locks = lines(given["cache-dependency-path"] || "package-lock.json");
  const missing = locks.filter((lock) => !existsSync(path.resolve(workspace, lock)));
  if (missing.length > 0) {
    fail(`cache: npm needs a lock file, and there is no ${missing.join(", ")}`);
  }
}

setOutput("node-version", `v${process.versions.node}`);
setOutput("cache-hit", "false");
console.log(`node v${process.versions.node} at ${process.execPath}${wanted ? `, wanted ${wanted}` : ""}`);
