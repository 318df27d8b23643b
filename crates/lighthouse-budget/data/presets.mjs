// Prints presets.txt from an installed lighthouse-ci: run it in a folder where @lhci/utils is installed.
//
// One line per audit: its name, its level in `lighthouse:all` and in `lighthouse:recommended`; `:0` is `maxLength: 0`.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const [all, recommended] = ["all", "recommended"].map((name) => require(`@lhci/utils/src/presets/${name}.js`).assertions);
const shown = ([level, { maxLength }]) => (maxLength === undefined ? level : `${level}:${maxLength}`);
for (const audit of Object.keys(recommended)) {
  console.log(audit, shown(all[audit]), shown(recommended[audit]));
}
