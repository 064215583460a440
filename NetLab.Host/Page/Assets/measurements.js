// Measurements: started, watched live, saved, laid over one another on one scale, compared.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { bytes, rate } from './units.js';
import { chart, dashes, lines } from './charts.js';
import { copy } from './experiments.js';
import { FileDrop } from './file-drop.js';

const kinds = {
  throughput: { title: 'Throughput', of: s => s.bits_per_second, format: rate },
  rtt: { title: 'Round trip', of: s => s.round_trip, format: v => `${Number(v.toPrecision(4))} ms` },
  latency: { title: 'Latency of a probe', of: s => s.latency, format: v => `${Number(v.toPrecision(4))} ms` },
  cwnd: { title: 'Congestion window', of: s => s.window, format: v => bytes(Math.round(v)), isBytes: true },
  queue: { title: 'Queue before the bottleneck', of: s => s.queue, format: v => bytes(Math.round(v)), isBytes: true },
  loss: { title: 'Lost or sent again', of: s => s.lost, format: String },
};

export function open(main, say) {
  let all = [];
  let closed = false;
  let charts = [];
  let watched = null;
  let live = null;
  const chosen = new Set((place.at('runs') ?? '').split(',').filter(Boolean));
  const list = el('ul', { 'aria-label': 'Measurements' });
  const pictures = el('div', { class: 'charts' });
  const comparison = el('div');
  const now = el('div');
  const command = el('code');
  const fields = {
    transport: el('input', { type: 'text', value: 'tcp,kernel-tcp', list: 'transports' }),
    time: el('input', { type: 'text', value: '3s' }),
    link: el('input', { type: 'text', value: '', placeholder: 'delay=20ms,loss=1%,rate=100M' }),
    congestion: el('select', {}, ['cubic', 'reno', 'bbr'].map(c => el('option', {}, c))),
    streams: el('input', { type: 'text', value: '1' }),
    rounds: el('input', { type: 'text', value: '1' }),
    interval: el('input', { type: 'text', value: '0.2s' }),
  };
  const options = pairs => el('select', {}, pairs.map(([value, text]) => el('option', { value }, text)));
  const what = options([['', 'throughput'], ['under_load', 'throughput, and latency under it'], ['latency', 'latency, there and back'], ['connections', 'connections a second']]);
  const direction = options([['', 'to the server'], ['reverse', 'from the server'], ['bidirectional', 'both ways at once']]);
  const start = el('button', { type: 'submit', class: 'main' }, 'Measure');
  const files = new FileDrop(main, bring);
  const sheet = el('article', { class: 'sheet' },
    el('h2', {}, 'Measure'),
    el('form', { onsubmit: e => { e.preventDefault(); begin(); }, oninput: words },
      el('div', { class: 'knobs' },
        [['transport', 'transports, side by side'], ['time', 'time each'], ['link', 'link between (nothing: loopback as it is)'], ['congestion', 'congestion control'], ['streams', 'streams'], ['rounds', 'rounds'], ['interval', 'interval']]
          .map(([name, title]) => el('label', {}, el('span', {}, title), el('span'), fields[name])), [['what is measured', what], ['bytes flow', direction]].map(([title, input]) => el('label', {}, el('span', {}, title), el('span'), input))),
      el('p', {}, start)),
    el('datalist', { id: 'transports' }, ['tcp,kernel-tcp', 'tcp,udp,kernel-tcp,kernel-udp', 'tcp', 'udp', 'kernel-tcp', 'kernel-udp'].map(t => el('option', { value: t }))),
    el('div', { class: 'command' }, command, el('button', { type: 'button', onclick: () => copy(command.textContent, say) }, 'Copy')),
    now, el('h2', {}, 'Chosen measurements'), pictures, comparison);
  fill(main, el('div', { class: 'split' }, el('nav', { class: 'side', 'aria-label': 'Measurements' }, el('div', { class: 'bar' }, el('button', { type: 'button', onclick: () => files.choose() }, 'Open saved …'), files.element), list), sheet));

  function body() {
    const said = {};

    // A ping-pong, or a connection, has neither a direction nor a course; under load all directions are taken in turn.
    const isFlow = what.value === '' || what.value === 'under_load';
    fields.interval.disabled = fields.streams.disabled = !isFlow;
    direction.disabled = what.value !== '';
    for (const [name, input] of Object.entries(fields)) {
      if (!input.disabled && input.value.trim() !== '' && !(name === 'congestion' && input.value === 'cubic') && !((name === 'streams' || name === 'rounds') && input.value === '1')) {
        said[name] = input.value.trim();
      }
    }

    for (const choice of [what, direction]) {
      if (choice.value && !choice.disabled) {
        said[choice.value] = true;
      }
    }

    return said;
  }

  function words() {
    fill(command, `nlab perf ${Object.entries(body()).map(([name, value]) => (value === true ? `--${name.replaceAll('_', '-')}` : `--${name.replaceAll('_', '-')} ${value}`)).join(' ')}`);
  }

  async function begin() {
    try {
      const run = await api.post('runs', body());
      say(`measurement ${run.number} runs …`);
      chosen.add(`run-${run.number}`);
      await refresh();
      watch(run.number);
    } catch (error) {
      say(error.message, true);
    }
  }

  async function watch(number) {
    watched = number;
    live?.close();
    live = null;
    while (!closed && watched === number) {
      const answer = await api.get(`runs/${number}/intervals`);
      if (closed || watched !== number) {
        return;
      }

      const groups = Map.groupBy(answer.intervals, i => `${i.transport}${answer.intervals.some(o => o.round > 1) ? ` ${i.round}` : ''}`);
      const state = answer.state === 'running' ? `measures ${answer.present ?? ''} …` : answer.state === 'done' ? 'done' : `${answer.state}${answer.error ? `: ${answer.error}` : ''}`;
      const names = [...groups.keys()];
      const data = aligned([...groups.values()].map(g => g.map(i => [(i.start + i.end) / 2, i.bits_per_second])));
      if (live && live.names.join() === names.join()) {
        live.set(data);
        live.note.textContent = state;
      } else if (names.length > 0) {
        live?.close();
        live = overlay('What is measured now', names, data, rate);
        live.names = names;
        live.note = el('p', { class: 'muted', role: 'status' }, state);
        fill(now, el('div', { class: 'charts' }, live.element), live.note);
      } else {
        fill(now, el('p', { class: 'muted', role: 'status' }, state));
      }

      if (answer.state !== 'running') {
        say(`measurement ${number}: ${state}`, answer.state === 'failed');
        watched = null;
        await refresh();
        return;
      }

      await new Promise(done => setTimeout(done, 300));
    }
  }

  async function bring(files) {
    for (const one of files) {
      try {
        const made = await api.uploadTo('measurements', one.name, one);
        chosen.add(made.id);
        say(`${made.name}: ${made.series} runs`);
      } catch (error) {
        say(error.message, true);
      }
    }

    await refresh();
  }

  async function refresh() {
    all = (await api.get('measurements')).measurements;
    if (closed) {
      return;
    }

    [...chosen].filter(id => !all.some(m => m.id === id)).forEach(id => chosen.delete(id));
    fill(list, all.length === 0 ? el('li', { class: 'empty' }, 'None yet: measure, or open saved ones (nlab perf --save, iperf3 -J, flent).') : all.map(m => {
      const box = el('input', { type: 'checkbox', checked: chosen.has(m.id), disabled: m.state === 'running', onchange: () => { if (box.checked) { chosen.add(m.id); } else { chosen.delete(m.id); } place.go({ runs: [...chosen].join(',') }, true); draw(); } });
      return el('li', {}, el('label', { class: 'pad' }, box, el('span', { class: 'mono' }, m.name), el('small', {}, ` ${m.state}${m.error ? `: ${m.error}` : ''}`)),
        m.run && m.state === 'done' ? el('button', { type: 'button', onclick: () => api.save(`runs/${m.run}/saved`) }, 'Save …') : null,
        m.run && m.state === 'running' ? el('button', { type: 'button', onclick: async () => { await api.remove(`runs/${m.run}`); await refresh(); } }, 'Stop') : null);
    }));
    place.go({ runs: [...chosen].join(',') }, true);
    await draw();
  }

  async function draw() {
    charts.forEach(c => c.close());
    charts = [];
    fill(comparison);
    const ids = [...chosen].filter(id => all.some(m => m.id === id && m.state !== 'running'));
    if (ids.length === 0) {
      fill(pictures, el('p', { class: 'muted' }, 'Choose one or more in the list.'));
      return;
    }

    let answer;
    try {
      answer = await api.get('measurements/series', { ids: ids.join(',') });
    } catch (error) {
      fill(pictures, el('p', { class: 'bad' }, error.message));
      return;
    }

    charts = Object.values(kinds).flatMap(kind => {
      const having = answer.series.filter(s => s.samples.some(p => kind.of(p) !== undefined));
      const isFlat = having.every(s => s.samples.every(p => !kind.of(p)));
      return having.length === 0 || isFlat ? [] : [overlay(`${kind.title}${answer.title ? `: ${answer.title}` : ''}`, having.map(s => s.name), aligned(having.map(s => s.samples.map(p => [p.at, kind.of(p) ?? null]))), kind.format)];
    });
    charts.push(...[byPercentile(answer), byRound(answer), cdf(answer)].filter(c => c));
    fill(pictures, charts.map(c => c.element), table(answer));
    if (ids.length === 2) {
      try {
        const differences = await api.get('measurements/compare', { a: ids[0], b: ids[1] });
        fill(comparison, compared(ids, differences.differences));
      } catch (error) {
        fill(comparison, el('p', { class: 'muted' }, error.message));
      }
    }
  }

  // Each nine is as wide as the one before: the tail is what one looks for.
  function byPercentile(answer) {
    const place = percent => -Math.log10(1 - percent / 100);
    const having = answer.series.map(s => ({ name: s.name, points: (s.distribution ?? []).filter(p => p[0] < 100).map(p => [place(p[0]), p[1]]) })).filter(s => s.points.length > 0);
    const nines = [0, 50, 90, 99, 99.9, 99.99, 99.999];
    return having.length === 0 ? null : overlay('Round trip by percentile', having.map(s => s.name), aligned(having.map(s => s.points)), kinds.latency.format,
      { label: 'percentile', splits: nines.map(place), format: v => `${Number((100 * (1 - 10 ** -v)).toPrecision(5))} %` });
  }

  // Connections have no course, but rounds.
  function byRound(answer) {
    const groups = Map.groupBy(answer.series.filter(s => s.unit === '/s' && s.headline !== undefined), s => s.name.replace(/,? ?round \d+$/, ''));
    return groups.size === 0 ? null : overlay('Connections a second', [...groups.keys()], aligned([...groups.values()].map(g => g.map(s => [s.round, s.headline]))), v => `${Math.round(v)}/s`,
      { label: 'round', splits: [...new Set(answer.series.map(s => s.round))], format: String });
  }

  function cdf(answer) {
    const trips = answer.series.filter(s => s.distribution);
    if (trips.length > 0) {
      return overlay('How large a share is at most so large: round trip', trips.map(s => s.name), aligned(trips.map(s => s.distribution.filter(p => p[1] > 0).map(p => [p[1], p[0]]))), v => `${Number(v.toFixed(1))} %`,
        { label: 'milliseconds', format: v => String(Number(v.toPrecision(3))), space: 90, isLogarithmic: true });
    }

    const isLatency = answer.series.some(s => s.samples.some(p => p.latency !== undefined));
    const of = p => (isLatency ? p.latency : p.bits_per_second);
    const having = answer.series.map(s => ({ name: s.name, values: s.samples.map(of).filter(v => v !== undefined).sort((a, b) => a - b) })).filter(s => s.values.length > 1);
    if (having.length === 0) {
      return null;
    }

    const format = isLatency ? kinds.latency.format : rate;
    return overlay(`How large a share is at most so large: ${isLatency ? 'latency' : 'throughput'}`, having.map(s => s.name),
      aligned(having.map(s => s.values.map((v, i) => [v, 100 * (i + 1) / s.values.length]))), v => `${Number(v.toFixed(1))} %`, { label: isLatency ? 'milliseconds' : 'bits a second', format: isLatency ? undefined : rate, space: 90 }, format);
  }

  function table(answer) {
    const show = s => (s.headline === undefined ? '–' : s.unit === 'bit/s' ? rate(s.headline) : s.unit === 'µs' ? `${Math.round(s.headline)} µs` : `${Math.round(s.headline)} ${s.unit}`);
    return el('section', { class: 'chart' }, el('h3', {}, 'Figures'), el('table', { class: 'table' }, el('tbody', {}, answer.series.map(s => el('tr', {}, el('td', {}, s.name), el('td', {}, s.file), el('td', { class: 'number' }, show(s)))))));
  }

  function compared(ids, differences) {
    const percent = v => `${v > 0 ? '+' : ''}${(100 * v).toFixed(1)} %`;
    const show = (v, unit) => (unit === 'bit/s' ? rate(v) : `${Number(v.toPrecision(4))} ${unit}`);
    return el('section', {}, el('h2', {}, `${ids[1]} against ${ids[0]}`), el('table', { class: 'table' },
      el('thead', {}, el('tr', {}, ['', ids[0], ids[1], 'better by', '95 % within', 'rounds', ''].map(h => el('th', { scope: 'col' }, h)))),
      el('tbody', {}, differences.map(d => el('tr', {}, el('td', {}, d.name), el('td', { class: 'number' }, show(d.before, d.unit)), el('td', { class: 'number' }, show(d.after, d.unit)),
        el('td', { class: `number ${d.is_same ? '' : d.change < 0 ? 'bad' : 'good'}` }, percent(d.change)), el('td', { class: 'number' }, d.low === null ? 'too few rounds' : `${percent(d.low)} … ${percent(d.high)}`), el('td', { class: 'number' }, d.rounds),
        el('td', {}, d.is_same ? 'no difference to be seen' : `${d.is_certain ? '' : 'perhaps '}${d.change < 0 ? '▼ slower' : '▲ faster'}`))))));
  }

  words();
  const first = refresh().then(() => {
    const running = all.find(m => m.state === 'running');
    if (running) {
      watch(running.run);
    }
  });
  return {
    move: () => first,
    key(event) {
      if (event.key !== 'c') {
        return false;
      }

      copy(command.textContent, say);
      return true;
    },
    close() {
      closed = true;
      live?.close();
      charts.forEach(c => c.close());
      files.close();
    },
  };
}

// Lines with times of their own on one axis.
function aligned(series) {
  const times = [...new Set(series.flatMap(s => s.map(p => p[0])))].sort((a, b) => a - b);
  const places = new Map(times.map((t, i) => [t, i]));
  return [times, ...series.map(s => {
    const column = new Array(times.length).fill(null);
    s.forEach(([t, v]) => { column[places.get(t)] = v; });
    return column;
  })];
}

function overlay(title, names, data, format, x = { label: 'seconds' }) {
  return chart({
    title, x, y: { label: '', format }, data, height: 240,
    scales: { ...(x.isLogarithmic ? { x: { time: false, distr: 3 } } : {}), y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 1) * 1.06 || 1] } },
    series: names.map((name, i) => ({ label: name, color: lines[i % lines.length], dash: dashes[i % dashes.length], spanGaps: true, points: { show: data[0].length < 40, size: 4 } })),
  });
}
