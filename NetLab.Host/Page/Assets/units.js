// Numbers as people read them.

const places = new Intl.NumberFormat('en-US');

// Three digits, and never an exponent.
const digits = value => (Math.abs(value) >= 999.5 ? value.toFixed(0) : value.toPrecision(3));

export const count = value => places.format(value);

export function bytes(value) {
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]]) {
    if (value >= size) {
      return `${digits(value / size)} ${unit}`;
    }
  }

  return `${value} B`;
}

export function rate(bits) {
  for (const [unit, size] of [['Gbit/s', 1e9], ['Mbit/s', 1e6], ['kbit/s', 1e3]]) {
    if (bits >= size) {
      return `${digits(bits / size)} ${unit}`;
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
    return `${digits(nanoseconds / 1e3)} µs`;
  }

  return size < 1e9 ? `${digits(nanoseconds / 1e6)} ms` : `${size < 1e13 ? (nanoseconds / 1e9).toPrecision(4) : (nanoseconds / 1e9).toFixed(0)} s`;
}
