// How figures are written. The decimal point is a point everywhere, so that figures compare with logs and configuration.

const whole = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

/** Three digits that count. */
function digits(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 || value === 0 ? 0 : size >= 9.995 ? 1 : 2).replace(/\.0+$/, "");
}

function scaled(value, step, units) {
  let unit = 0;
  while (Math.abs(value) >= step * 0.9995 && unit < units.length - 1) {
    value /= step;
    unit++;
  }

  return digits(value) + (units[unit] ? "\u00a0" + units[unit] : "");
}

export const bytes = (value) => known(value) ? scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]) : "–";

export const count = (value) => !known(value) ? "–" : Math.abs(value) < 100000 ? whole.format(Math.round(value))
  : scaled(value, 1000, ["", "k", "M", "G"]);

/** A figure at an axis. */
export const short = (value) => scaled(value, 1000, ["", "k", "M", "G"]);

/** A rate: small ones keep their digits. */
export const rate = (value) => !known(value) ? "–" : Math.abs(value) < 10 ? digits(value) : count(value);

export const percent = (ratio) => known(ratio) ? digits(ratio * 100) + "\u00a0%" : "–";

export const microseconds = (value) => known(value) ? scaled(value, 1000, ["µs", "ms", "s"]) : "–";

export function duration(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) {
    return "0\u00a0s";
  }

  const [size, unit] = parts[first];
  const next = parts[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)}\u00a0${unit}` + (rest ? ` ${rest}\u00a0${next[1]}` : "");
}

export const time = (milliseconds) => clock.format(milliseconds);
export const hours = (milliseconds) => shortClock.format(milliseconds);
export const moment = (milliseconds) =>
  Date.now() - milliseconds > 72000000 ? `${day.format(milliseconds)} ${hours(milliseconds)}` : time(milliseconds);

/** `rank-0-dram` as people say it. */
export const segmentName = (name) => name.replace(/^rank-(\d+)-(.*)$/, (_, rank, medium) => `rank ${rank} ${medium.toUpperCase()}`);
