// Numbers as people read them.

const places = new Intl.NumberFormat('en-US');

export const count = value => places.format(value);

export function bytes(value) {
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]]) {
    if (value >= size) {
      return `${(value / size).toPrecision(3)} ${unit}`;
    }
  }

  return `${value} B`;
}

export function rate(bits) {
  for (const [unit, size] of [['Gbit/s', 1e9], ['Mbit/s', 1e6], ['kbit/s', 1e3]]) {
    if (bits >= size) {
      return `${(bits / size).toPrecision(3)} ${unit}`;
    }
  }

  return `${Math.round(bits)} bit/s`;
}

/** Nanoseconds as seconds with six places, as the terminal has it. */
export const seconds = nanoseconds => (nanoseconds / 1e9).toFixed(6);

export function span(nanoseconds) {
  const size = Math.abs(nanoseconds);
  if (size < 1e3) {
    return `${Math.round(nanoseconds)} ns`;
  }

  if (size < 1e6) {
    return `${(nanoseconds / 1e3).toPrecision(3)} µs`;
  }

  return size < 1e9 ? `${(nanoseconds / 1e6).toPrecision(3)} ms` : `${(nanoseconds / 1e9).toPrecision(4)} s`;
}
