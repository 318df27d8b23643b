// Turns the static export (`out/`) into Vercel's Build Output API, version 3 (`.vercel/output/`).
//
// The folder is a pure function of the export: entries are sorted and nothing is dated, so the same
// commit gives the same bytes on every machine.
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const exported = path.join(root, "out");
const output = path.join(root, ".vercel", "output");

const SECURITY_HEADERS = {
  // Next.js starts a page with inline scripts, and a static export has no server to hand out nonces.
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "strict-origin-when-cross-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const ROUTES = [
  { src: "/.*", headers: SECURITY_HEADERS, continue: true },
  {
    // The names carry a hash of the content.
    src: "/_next/static/.*",
    headers: { "cache-control": "public, max-age=31536000, immutable" },
    continue: true,
  },
  { src: "/api/.*", headers: { "cache-control": "no-store" }, continue: true },
  // One address per page: /index(.html) is /, and /artists/x.html is /artists/x.
  { src: "^/index(?:\\.html)?$", headers: { location: "/" }, status: 308 },
  { src: "^/(.+)\\.html$", headers: { location: "/$1" }, status: 308 },
  { handle: "filesystem" },
  { handle: "error" },
  { src: "/.*", dest: "/404", status: 404 },
];

const files = (await readdir(exported, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(exported, path.join(entry.parentPath, entry.name)))
  .map((file) => file.split(path.sep).join("/"))
  // Source maps are evidence for the build's own checks, not something to publish.
  .filter((file) => !file.endsWith(".map"))
  .sort();

if (!files.includes("index.html") || !files.includes("api/health")) {
  throw new Error("out/ is not a complete export: index.html or api/health is missing");
}

/** `overrides` of config.json: pages answer without their extension, and the health file is JSON. */
const overrides = Object.fromEntries(
  files.flatMap((file) => {
    if (file.endsWith(".html")) {
      const page = {
        path: file.slice(0, -".html".length),
        contentType: "text/html; charset=utf-8",
      };
      return [[file, page]];
    }
    return file === "api/health" ? [[file, { contentType: "application/json" }]] : [];
  }),
);

await rm(output, { recursive: true, force: true });
for (const file of files) {
  const target = path.join(output, "static", file);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(path.join(exported, file), target);
}
await writeFile(
  path.join(output, "config.json"),
  `${JSON.stringify({ version: 3, routes: ROUTES, overrides }, null, 2)}\n`,
);
console.log(`.vercel/output: ${files.length} static files, ${ROUTES.length} routes`);
