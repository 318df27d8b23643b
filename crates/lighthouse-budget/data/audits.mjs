// Prints audits.txt from installed versions of Lighthouse, the oldest first:
//
//   node audits.mjs FOLDER...     each folder has lighthouse in node_modules
//
// One line per audit of the default config: its name, the first and the last of these versions that have it, and the
// audit that took its place. Lighthouse itself names those an insight replaces; RENAMED are the rest.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const RENAMED = {
  "experimental-interaction-to-next-paint": "interaction-to-next-paint",
  "interaction-to-next-paint-insight": "inp-breakdown-insight",
  "layout-shift-elements": "layout-shifts",
  "lcp-phases-insight": "lcp-breakdown-insight",
  "long-critical-network-tree-insight": "network-dependency-tree-insight",
};
const audits = new Map();
const replaced = new Map(Object.entries(RENAMED));
for (const folder of process.argv.slice(2)) {
  const lighthouse = path.resolve(folder, "node_modules", "lighthouse");
  const { version } = JSON.parse(readFileSync(path.join(lighthouse, "package.json"), "utf8"));
  const minor = version.split(".").slice(0, 2).join(".");
  const { default: config } = await import(pathToFileURL(path.join(lighthouse, "core/config/default-config.js")));
  for (const audit of config.audits.map((file) => path.basename(file))) {
    audits.set(audit, { first: audits.get(audit)?.first ?? minor, last: minor });
  }
  const insights = path.join(lighthouse, "core/audits/insights");
  if (!config.audits.some((file) => file.startsWith("insights/"))) {
    continue;
  }
  for (const file of readdirSync(insights).filter((file) => file.endsWith("-insight.js"))) {
    const { default: audit } = await import(pathToFileURL(path.join(insights, file)));
    for (const old of audit.meta?.replacesAudits ?? []) {
      replaced.set(old, audit.meta.id);
    }
  }
}
for (const [audit, { first, last }] of [...audits].sort()) {
  console.log([audit, first, last, replaced.get(audit)].filter(Boolean).join(" "));
}
