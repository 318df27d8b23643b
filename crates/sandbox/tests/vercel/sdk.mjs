// Reads answers with the schemas of Vercel's own SDK: what they refuse, and which fields they do not know.
// Standard input: [{name, module, schema, body}]. Standard output: [{name, problems, unknown}].
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

const results = [];
for (const { name, module, schema, body } of JSON.parse(readFileSync(0, 'utf8'))) {
  const models = await import(pathToFileURL(`${folder}/esm/models/${module}.js`));
  const parsed = models[`${schema}$inboundSchema`].safeParse(body);
  const unknown = new Set();
  if (parsed.success) lost(body, parsed.data, '', unknown);
  const problems = parsed.success ? [] : flat(parsed.error.issues);
  results.push({ name, problems, unknown: [...unknown].sort() });
}
process.stdout.write(JSON.stringify(results));
