// The few words a JavaScript action exchanges with its runner.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/** Ends the step with an error that is shown as an annotation. */
export function fail(message) {
  const escaped = message.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  console.log(`::error title=stand-in::${escaped}`);
  process.exit(1);
}

/** A variable the rehearsal must hand in. */
export function need(name) {
  const value = process.env[name] ?? "";
  return value === "" ? fail(`${name} is not set`) : value;
}

/**
 * The inputs given, by name. A name outside `known` is an error: what a stand-in silently ignored,
 * the real action might not.
 */
export function inputs(known) {
  const names = new Map(known.map((name) => [`INPUT_${name.toUpperCase()}`, name]));
  for (const variable of Object.keys(process.env)) {
    if (variable.startsWith("INPUT_") && !names.has(variable)) {
      fail(`unknown input ${variable.slice("INPUT_".length).toLowerCase()}`);
    }
  }
  return Object.fromEntries([...names].map(([variable, name]) => [name, (process.env[variable] ?? "").trim()]));
}

/** Refuses every listed input that has another value than the one a stand-in can honour. */
export function only(given, supported) {
  for (const [name, values] of Object.entries(supported)) {
    if (!["", ...values].includes(given[name])) {
      fail(`${name}: ${given[name]} is not supported by the stand-in`);
    }
  }
}

/** `true`, `false`, or the default when empty; anything else is an error, as in the toolkit. */
export function flag(given, name, byDefault) {
  const value = given[name];
  if (value === "") {
    return byDefault;
  }
  if (/^(?:true|True|TRUE)$/.test(value)) {
    return true;
  }
  return /^(?:false|False|FALSE)$/.test(value) ? false : fail(`${name}: ${value} is not a boolean`);
}

/** The lines of a multi-line input. */
export function lines(value) {
  return value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function write(file, name, value) {
  const delimiter = `end-${randomUUID()}`;
  appendFileSync(need(file), `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

export const setOutput = (name, value) => write("GITHUB_OUTPUT", name, value);
export const setState = (name, value) => write("GITHUB_STATE", name, value);
