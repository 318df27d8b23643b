// Scores sites with the MDN HTTP Observatory's own analyzers. Standard input: a JSON array of sites as
// observatory.rs writes them; standard output: one {points, grade, results} for each.
// The first argument is the folder the Observatory is installed in.
import { createRequire } from "node:module";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.join(process.argv[2], "node_modules/@mdn/mdn-http-observatory");
const load = (file) => import(pathToFileURL(path.join(folder, file)));
const require = createRequire(path.join(folder, "package.json"));

// Its installation downloads the preload list; no host of the comparison is in it.
const preload = path.join(folder, "conf/hsts-preload.json");
if (!existsSync(preload)) writeFileSync(preload, "{}");

const { ALL_TESTS } = await load("src/constants.js");
const { Requests } = await load("src/types.js");
const { parseHttpEquivHeaders } = await load("src/retriever/utils.js");
const { getGradeForScore, getScoreModifier } = await load("src/grader/grader.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await load("src/grader/charts.js");
const { AxiosHeaders } = require("axios");
const { CookieJar } = require("tough-cookie");

function headers(pairs) {
  const collected = {};
  for (const [name, value] of pairs) {
    if (name === "set-cookie") (collected[name] ??= []).push(value);
    else collected[name] = value;
  }
  return new AxiosHeaders(collected);
}

function requests(site) {
  const made = new Requests(site.host);
  const jar = new CookieJar();
  for (const [name, value] of site.headers) {
    if (name === "set-cookie") jar.setCookieSync(value, site.url, { ignoreError: true });
  }
  const html = site.headers.some(([name, value]) => name === "content-type" && value.startsWith("text/html"));
  made.session = { url: new URL(site.url), jar };
  made.resources.path = site.body;
  made.responses.auto = {
    status: 200,
    headers: headers(site.headers),
    httpEquiv: html ? parseHttpEquivHeaders(site.body, site.url) : new Map(),
  };
  if (site.http) {
    made.responses.http = { status: 301, headers: headers([]), verified: site.http.trusted };
    made.responses.httpRedirects = site.http.route.map((url) => ({ url: new URL(url), status: 301 }));
  }
  if (site.https) {
    made.responses.https = { status: 200, headers: headers(site.headers), verified: site.https.trusted };
  }
  if (site.crossOrigin) {
    made.responses.cors = {
      headers: headers(site.crossOrigin.headers),
      request: { headers: { origin: site.crossOrigin.origin } },
    };
  }
  return made;
}

function score(site) {
  const all = requests(site);
  const results = ALL_TESTS.map((test) => test(all).result);
  const modifiers = results.map(getScoreModifier);
  const plain = modifiers.filter((modifier) => modifier < 0).reduce((sum, modifier) => sum + modifier, 100);
  const extra = modifiers.reduce((sum, modifier) => sum + modifier, 100);
  const graded = getGradeForScore(plain >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? extra : plain);
  return { points: graded.score, grade: graded.grade, results };
}

let text = "";
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(JSON.parse(text).map(score)));
