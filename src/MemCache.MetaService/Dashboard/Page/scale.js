// Axes: from a figure to a place, and which places get a label.

/** The least "round" number that is not below `value`. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/** A linear axis from 0. `least`: its end is never below this; `most`: nor above. */
export function linear(highest, least, most) {
  const top = Math.min(roundUp(Math.max(highest, least)), most ?? Infinity);
  const step = roundUp(top / 4);
  const ticks = [];
  for (let i = 0; i * step <= top * 1.001; i++) {
    ticks.push(i * step);
  }

  return { ticks, place: (value) => Math.min(1, Math.max(0, value / top)) };
}

/** A logarithmic axis of whole powers of ten. */
export function logarithmic(lowest, highest) {
  const from = Math.floor(Math.log10(Math.max(lowest, 0.1)) + 0.001);
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(highest, 0.1)) - 0.001));
  const ticks = [];
  for (let power = from; power <= to; power++) {
    ticks.push(10 ** power);
  }

  const place = (value) => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-9)) - from) / (to - from)));
  return { ticks, place };
}

const timeSteps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200].map((seconds) => seconds * 1000);

/** Times that are round on a clock here, at most `countMax` of them. */
export function timeTicks(from, to, countMax) {
  const step = timeSteps.find((candidate) => (to - from) / candidate <= countMax) ?? 86400000;
  const offset = new Date(to).getTimezoneOffset() * 60000;
  const ticks = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
    ticks.push(at);
  }

  return ticks;
}
