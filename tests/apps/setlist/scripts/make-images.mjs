// Draws the two pictures of the site. They are committed: run this only to change them.
import { mkdir } from "node:fs/promises";

import sharp from "sharp";

const folder = new URL("../src/images/", import.meta.url).pathname;

const stage = `<svg xmlns="http://www.w3.org/2000/svg" width="1440" height="640">
  <defs>
    <linearGradient id="wall" x2="0" y2="1">
      <stop stop-color="#170a14"/><stop offset="1" stop-color="#4a1538"/>
    </linearGradient>
    <linearGradient id="beam" x2="0" y2="1">
      <stop stop-color="#ffe9c4" stop-opacity=".75"/><stop offset="1" stop-color="#ffe9c4" stop-opacity="0"/>
    </linearGradient>
  </defs>
  <rect width="1440" height="640" fill="url(#wall)"/>
  ${[280, 720, 1160].map((x) => `<path d="M${x - 22} 0h44l190 560h-424z" fill="url(#beam)"/>`).join("")}
  <path d="M0 520h1440v120H0z" fill="#0f060d"/>
  <path d="M712 330h16v200h-16zM690 296a30 30 0 0 1 60 0v28a30 30 0 0 1-60 0z" fill="#d8c7d1"/>
</svg>`;

const record = `<svg xmlns="http://www.w3.org/2000/svg" width="192" height="192" viewBox="0 0 96 96">
  <circle cx="48" cy="48" r="46" fill="#221a20"/>
  ${[40, 34, 28].map((r) => `<circle cx="48" cy="48" r="${r}" fill="none" stroke="#5d4f58"/>`).join("")}
  <circle cx="48" cy="48" r="17" fill="#8a1c4a"/>
  <circle cx="48" cy="48" r="4" fill="#fffdfb"/>
</svg>`;

await mkdir(folder, { recursive: true });
await sharp(Buffer.from(stage)).webp({ quality: 72, effort: 6 }).toFile(`${folder}stage.webp`);
await sharp(Buffer.from(record))
  .png({ palette: true, effort: 10, compressionLevel: 9 })
  .toFile(`${folder}record.png`);
