// The patterns of artifact actions: `*` and `?` stay within a name, `**` crosses folders, and
// [abc] is a set. A star matches a leading dot too; hidden files are left out elsewhere.

/** A pattern as a regular expression over `/`-separated paths. */
export function compile(pattern) {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at);
    const set = /^\[(!?)([^\]/]+)\]/.exec(rest);
    if (rest.startsWith("**/")) {
      source += "(?:[^/]+/)*";
      at += 2;
    } else if (rest.startsWith("**")) {
      source += ".*";
      at += 1;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
    } else if (rest.startsWith("?")) {
      source += "[^/]";
    } else if (set !== null) {
      source += `[${set[1] === "" ? "" : "^"}${set[2].replace(/\\/g, "\\\\")}]`;
      at += set[0].length - 1;
    } else {
      source += rest.charAt(0).replace(/[\\^$.|+(){}[\]]/, "\\$&");
    }
  }
  return new RegExp(`^${source}$`);
}

/** The leading folders of a pattern that hold no wildcard. */
export function fixedPart(pattern) {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  return wild === -1 ? pattern : parts.slice(0, wild).join("/") || "/";
}
