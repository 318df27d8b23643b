// Writes the data module of `oversized-bundle`: invented shows, the same ones every time.
import { writeFile } from "node:fs/promises";

const CITIES = ["Bristol", "Glasgow", "Gothenburg", "Hastings", "Leeds", "Oslo", "Rye", "Stockholm"];
const VENUES = ["Chapel", "Dockside Rooms", "Foundry", "Granary Hall", "Old Ropeworks", "Parkteatret"];
const SHOWS = 2800;

/** A small linear congruential generator: no two runs may differ. */
let state = 20260307;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const shows = Array.from({ length: SHOWS }, () => {
  const year = 1994 + below(32);
  const day = new Date(Date.UTC(year, below(12), 1 + below(28))).toISOString().slice(0, 10);
  const songs = Array.from({ length: 12 + below(8) }, () => below(240));
  return `${day} | ${CITIES[below(CITIES.length)]} | ${VENUES[below(VENUES.length)]} | ${songs.join(" ")}`;
}).sort();

await writeFile(
  new URL("oversized-bundle/src/lib/archive.json", import.meta.url),
  `${JSON.stringify(shows, null, 2)}\n`,
);
