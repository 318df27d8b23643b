// Unpacks the packaged Chromium and prints where it is, for a machine that has no browser:
//
//   node chromium-path.mjs [--json] [FOLDER]
//
// FOLDER (default: .chromium beside this file) receives the executable, the shared libraries a bare
// system lacks, fonts, and `chrome`, a launcher that sets the library path, so that one path is all
// a caller such as Lighthouse's CHROME_PATH needs. Unpacking happens once.
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const require = createRequire(import.meta.url);
const tar = require("tar-fs");

const args = process.argv.slice(2);
const json = args.includes("--json");
const folder = path.resolve(args.find((arg) => !arg.startsWith("--")) ?? path.join(import.meta.dirname, ".chromium"));
// build/cjs/index.cjs of the package; its archives are in bin/.
const packed = path.resolve(path.dirname(require.resolve("@sparticuz/chromium")), "..", "..", "bin");

const places = {
  chrome: path.join(folder, "chrome"),
  executable: path.join(folder, "chromium"),
  libraries: path.join(folder, "al2023", "lib"),
  fonts: path.join(folder, "fonts"),
};

async function unpack() {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const read = (name) => [createReadStream(path.join(packed, name)), createBrotliDecompress()];
  await Promise.all([
    pipeline(...read("chromium.br"), createWriteStream(path.join(draft, "chromium"), { mode: 0o755 })),
    pipeline(...read("al2023.tar.br"), tar.extract(path.join(draft, "al2023"))),
    pipeline(...read("fonts.tar.br"), tar.extract(path.join(draft, "fonts"))),
    pipeline(...read("swiftshader.tar.br"), tar.extract(draft)),
  ]);
  // The configuration in the archive looks for fonts elsewhere, and without any font pages crash.
  writeFileSync(
    path.join(draft, "fonts", "fonts.conf"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(places.fonts, "fonts")}</dir>
  <cachedir>${path.join(folder, "font-cache")}</cachedir>
</fontconfig>
`,
  );
  const script = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium" --headless=shell --no-sandbox --no-zygote --disable-gpu --disable-dev-shm-usage "$@"
`;
  writeFileSync(path.join(draft, "chrome"), script);
  chmodSync(path.join(draft, "chrome"), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}

if (!existsSync(places.chrome)) {
  await unpack();
}
console.log(json ? JSON.stringify(places) : places.chrome);
