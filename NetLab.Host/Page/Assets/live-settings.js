// What decides a transfer of the live lab, as link text: sliders, what was done to packets, what the link became later.

/** The sliders. */
export const knobs = [
  { name: 'delay', title: 'delay, one way', unit: 'ms', min: 0, max: 300, step: 1, value: 40 },
  { name: 'jitter', title: 'jitter', unit: 'ms', min: 0, max: 100, step: 1, value: 0 },
  { name: 'loss', title: 'loss', unit: '%', min: 0, max: 30, step: 0.1, value: 0 },
  { name: 'rate', title: 'rate (0: no limit)', unit: 'M', min: 0, max: 100, step: 0.5, value: 2 },
  { name: 'queue', title: 'queue', unit: 'K', min: 4, max: 256, step: 4, value: 64 },
];

/** The words of a link by the sliders' values. */
export function linkWords(values) {
  return [`delay=${values.delay}ms`, values.jitter > 0 ? `jitter=${values.jitter}ms` : null, values.loss > 0 ? `loss=${values.loss}%` : null, values.rate > 0 ? `rate=${values.rate}M` : null, values.rate > 0 ? `queue=${values.queue}K` : null].filter(Boolean);
}

/** The word of something done to a packet. */
export const lineOf = fault => `${fault.from === 'a' ? 'up' : 'down'}.${fault.what}=${fault.kind}#${fault.ordinal}${fault.what === 'hold' ? `/${fault.hold}ms` : ''}`;

/** What the server is asked for. */
export function settingsOf(base, faults, steps, { congestion, size, seed }) {
  const schedule = steps.map(s => `${Number(s.at.toFixed(6))}s: ${s.words}`).join('; ');
  return {
    link: [...linkWords(base), ...faults.map(lineOf)].join(','), schedule: schedule || null, congestion,
    bytes: { K: 1024, M: 1048576 }[size.at(-1)] * parseInt(size, 10), seed: Number(seed) || 0,
  };
}

/** The command that does the same in virtual time. */
export function commandOf({ link, schedule, congestion, bytes, seed }) {
  return `nlab live --link '${link}'${schedule ? ` --schedule '${schedule}'` : ''} --congestion ${congestion} --bytes ${bytes} --seed ${seed}`;
}
