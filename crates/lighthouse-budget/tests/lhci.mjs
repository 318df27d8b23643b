// Runs lighthouse-ci's own `assert` on many cases in one process: one JSON object per line in, one per line out.
//
//   node lhci.mjs FOLDER     FOLDER has @lhci/cli in node_modules
//
// In:  {rc: TEXT, budgets: TEXT | null, reports: [TEXT]}
// Out: {code: 0 | 1, results: TEXT} or {code: 1, thrown: TEXT}
//
// It is the command itself, from the rc file on disk to assertion-results.json; only the command line parser in between
// is left out, and leaving the process becomes an exception.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(path.join(path.resolve(process.argv[2]), "x.js"));
const work = mkdtempSync(path.join(os.tmpdir(), "lhci-"));
process.chdir(work);
mkdirSync(".lighthouseci");
const { runCommand } = require("@lhci/cli/src/assert/assert.js");
const { loadAndParseRcFile } = require("@lhci/utils/src/lighthouserc.js");

class Exit extends Error {
  constructor(code) {
    super();
    this.code = code;
  }
}
process.exit = (code) => {
  throw new Exit(code);
};
process.stderr.write = () => true;

const results = path.join(".lighthouseci", "assertion-results.json");
const presets = ["lighthouse:all", "lighthouse:recommended", "lighthouse:no-pwa"];

async function assert({ rc, budgets, reports }) {
  for (const file of readdirSync(".lighthouseci")) {
    rmSync(path.join(".lighthouseci", file));
  }
  reports.forEach((report, index) => writeFileSync(`.lighthouseci/lhr-${1000 + index}.json`, report));
  writeFileSync("lighthouserc.json", rc);
  if (budgets !== null) {
    writeFileSync("budget.json", budgets);
  }
  try {
    const options = loadAndParseRcFile(path.resolve("lighthouserc.json"));
    // What the command line parser does to them.
    if (options.preset !== undefined && !presets.includes(options.preset)) {
      throw new Error("Invalid values: preset");
    }
    if (options.assertions && Object.keys(options.assertions).length === 0) {
      delete options.assertions;
    }
    await runCommand(options);
    return { code: 0, results: readFileSync(results, "utf8") };
  } catch (error) {
    if (error instanceof Exit) {
      return { code: error.code, results: readFileSync(results, "utf8") };
    }
    return { code: 1, thrown: String(error.message) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await assert(JSON.parse(line)))}\n`);
}
rmSync(work, { recursive: true });
