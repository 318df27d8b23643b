// Prints presets-more.txt: what presets.txt does not have, because lighthouse-ci 0.15.1 was written for Lighthouse 12.
//
//   node presets-more.mjs FOLDER10 FOLDER11 FOLDER13
//
// The first two have @lhci/utils in node_modules that was written for Lighthouse 10 and 11 (0.12.0, 0.13.0): their own
// levels are taken. The third has Lighthouse 13, for which there is no lighthouse-ci: an audit that counts in a category
// is an error, as in lighthouse-ci's presets; one of the experimental agentic-browsing category is off in `recommended`.
//
// One line per audit: its name, the majors that have it, its level in `all`, `recommended` and `no-pwa`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const lines = (name) => readFileSync(path.join(import.meta.dirname, name), "utf8").trim().split("\n");
const known = new Set(lines("presets.txt").map((line) => line.split(" ")[0]));
// These are held under the name of the audit they took the place of.
const successors = new Set(lines("audits.txt").map((line) => line.split(" ")[3]));
const more = new Map();
const add = (audit, major, levels) => {
  if (known.has(audit) || successors.has(audit) || levels.every((level) => level === "off")) {
    return;
  }
  const line = levels.join(" ");
  const majors = more.get(audit)?.majors ?? [];
  more.set(audit, { majors: [...majors, major], line });
};

const [ten, eleven, thirteen] = process.argv.slice(2);
for (const [folder, major] of [[ten, 10], [eleven, 11]]) {
  const require = createRequire(path.join(path.resolve(folder), "x.js"));
  const [all, recommended, noPwa] = ["all", "recommended", "no-pwa"].map(
    (name) => require(`@lhci/utils/src/presets/${name}.js`).assertions,
  );
  for (const audit of Object.keys(all)) {
    add(audit, major, [all, recommended, noPwa].map((preset) => [preset[audit] ?? "off"].flat()[0]));
  }
}
const core = path.resolve(thirteen, "node_modules", "lighthouse", "core");
const load = async (file) => (await import(pathToFileURL(path.join(core, file)))).default;
const { audits, categories } = await load("config/default-config.js");
for (const file of audits) {
  const { id, scoreDisplayMode } = (await load(`audits/${file}.js`)).meta;
  const counting = Object.entries(categories).filter(([, { auditRefs }]) =>
    auditRefs.some((reference) => reference.id === id && reference.weight > 0),
  );
  if (counting.length === 0 || ["manual", "informative"].includes(scoreDisplayMode)) {
    continue;
  }
  const experimental = counting.every(([category]) => category === "agentic-browsing");
  add(id, 13, experimental ? ["error", "off", "off"] : ["error", "error", "error"]);
}
for (const [audit, { majors, line }] of [...more].sort()) {
  console.log(audit, majors.join(","), line);
}
