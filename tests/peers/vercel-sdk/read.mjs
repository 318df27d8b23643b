// Reads answers and requests with the schemas of Vercel's own SDK: what they refuse, and which fields they do not know.
// Standard input: [{name, module, schema, body, direction}]; direction is inbound or outbound, and inbound where it is absent.
// Standard output: [{name, problems, unknown}].
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
const plain = (key) => key.replaceAll(/[-_]/g, '').toLowerCase();

function lost(raw, read, place, out) {
  if (Array.isArray(raw)) {
    if (Array.isArray(read)) raw.forEach((item, index) => lost(item, read[index], `${place}[]`, out));
  } else if (raw !== null && typeof raw === 'object' && read !== null && typeof read === 'object' && !(read instanceof Date)) {
    const known = new Map(Object.entries(read).map(([key, value]) => [plain(key), value]));
    for (const [key, value] of Object.entries(raw)) {
      if (known.has(plain(key))) lost(value, known.get(plain(key)), `${place}/${key}`, out);
      else if (value !== null) out.add(`${place}/${key}`);
    }
  }
}

// Of a choice, the alternative that comes nearest.
const flat = (issues) =>
  issues.flatMap((issue) =>
    issue.code === 'invalid_union'
      ? issue.unionErrors
          .filter(({ issues }) => !issues.some(({ message }) => /^Expected (null|undefined)/.test(message)))
          .map((error) => flat(error.issues))
          .sort((a, b) => a.length - b.length)[0] ?? [`${issue.path.join('.')}: ${issue.message}`]
      : [`${issue.path.join('.')}: ${issue.message}`],
  );

// A query is text, and the schemas of requests want numbers and booleans where they mean them.
function read(schema, body) {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed;
  let changed = false;
  for (const { code, expected, path, received } of parsed.error.issues) {
    const [key] = path;
    const plain = { number: /^-?\d+$/, boolean: /^(true|false)$/ }[expected];
    if (code !== 'invalid_type' || received !== 'string' || path.length !== 1 || !plain?.test(body[key])) continue;
    body[key] = JSON.parse(body[key]);
    changed = true;
  }
  return changed ? schema.safeParse(body) : parsed;
}

const results = [];
for (const { name, module, schema, body, direction = 'inbound' } of JSON.parse(readFileSync(0, 'utf8'))) {
  const models = await import(pathToFileURL(`${folder}/esm/models/${module}.js`));
  const parsed = read(models[`${schema}$${direction}Schema`], body);
  const unknown = new Set();
  if (parsed.success) lost(body, parsed.data, '', unknown);
  const problems = parsed.success ? [] : flat(parsed.error.issues);
  results.push({ name, problems, unknown: [...unknown].sort() });
}
process.stdout.write(JSON.stringify(results));
