// Locale and time zone are fixed: a build must not depend on the machine it runs on.
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const lists = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** `2026-03-07` as `7 March 2026`. */
export function formatDate(isoDay: string): string {
  const time = Date.parse(`${isoDay}T00:00:00Z`);
  // Date.parse alone also takes `7 March`, in its own way.
  if (!/^\d{4}-\d\d-\d\d$/.test(isoDay) || Number.isNaN(time)) {
    throw new RangeError(`not a date: ${JSON.stringify(isoDay)} (write yyyy-mm-dd)`);
  }
  return dates.format(time);
}

/** `a, b and c`. */
export function formatList(items: readonly string[]): string {
  return lists.format(items);
}

/** `1 show`, `2 shows`, `2 encores`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${String(n)} ${n === 1 ? one : many}`;
}

/** A share of a whole as a rounded percentage; nothing out of nothing is 0 %. */
export function percent(part: number, whole: number): string {
  return `${String(whole === 0 ? 0 : Math.round((part / whole) * 100))} %`;
}
