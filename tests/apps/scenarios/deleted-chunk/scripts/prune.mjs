// Removes what looks like an old chunk from the build: a clean-up that is wrong about the first one the home page loads.
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const published = fileURLToPath(new URL("../.vercel/output/static", import.meta.url));
const home = await readFile(path.join(published, "index.html"), "utf8");
const chunk = /src="(\/_next\/static\/chunks\/[^"?]+\.js)/.exec(home)?.[1];
if (chunk === undefined) {
  throw new Error("the home page loads no chunk");
}
await rm(path.join(published, chunk));
