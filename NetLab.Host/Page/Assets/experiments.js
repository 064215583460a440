// The experiments of nlab lab: predict, run, see, and check the law.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';

export function open(main, say) {
  let all = [];
  let shown = null;
  let running = null;
  let pictures = [];
  const list = el('ul', { 'aria-label': 'Experiments' });
  const sheet = el('article', { class: 'sheet', 'aria-live': 'polite' });
  fill(main, el('div', { class: 'split' }, el('nav', { class: 'side', 'aria-label': 'Experiments' }, list), sheet));
  const ready = api.get('experiments').then(answer => {
    all = answer.experiments;
    fill(list, all.map(e => el('li', {}, el('button', { type: 'button', 'data-name': e.name, onclick: () => place.go({ experiment: e.name }) }, e.title, el('small', {}, e.summary)))));
    say(`${all.length} experiments`);
  });

  function drop() {
    pictures.forEach(URL.revokeObjectURL);
    pictures = [];
    running?.abort();
    running = null;
  }

  function show(experiment) {
    drop();
    list.querySelectorAll('button').forEach(b => (b.dataset.name === experiment.name ? b.setAttribute('aria-current', 'true') : b.removeAttribute('aria-current')));
    const knobs = new Map();
    const seed = el('input', { type: 'text', inputmode: 'numeric', value: '1', 'aria-label': 'Seed', size: '6' });
    const broken = el('select', { 'aria-label': 'Break on purpose' }, el('option', { value: '' }, 'nothing'), experiment.mutations.map(m => el('option', {}, m)));
    const result = el('div');
    const run = el('button', { type: 'button', class: 'main', onclick: () => start(experiment, knobs, seed, broken, run, stop, result) }, 'Run');
    const stop = el('button', { type: 'button', hidden: true, onclick: () => running?.abort() }, 'Stop');
    fill(sheet, el('h2', {}, experiment.title), el('p', {}, experiment.summary), el('p', {}, el('b', {}, 'Predict: '), experiment.question),
      el('form', { onsubmit: e => { e.preventDefault(); run.click(); } },
        el('div', { class: 'knobs' }, experiment.parameters.map(p => knob(p, knobs)), el('label', {}, el('span', {}, 'seed'), el('span'), seed),
          experiment.mutations.length ? el('label', {}, el('span', {}, 'break on purpose'), el('span'), broken) : null)),
      el('p', {}, run, ' ', stop, experiment.real ? el('span', { class: 'muted' }, ' on real sockets: takes its time') : null), result);
    sheet.scrollTop = 0;
  }

  async function start(experiment, knobs, seed, broken, run, stop, result) {
    drop();
    const control = running = new AbortController();
    const settings = {};
    for (const [name, knobOf] of knobs) {
      if (knobOf.value() !== knobOf.initial) {
        settings[name] = knobOf.value();
      }
    }

    run.disabled = true;
    stop.hidden = false;
    say(`${experiment.name} runs …`);
    try {
      const response = await api.post(`experiments/${experiment.name}`, { seed: Number(seed.value) || 0, settings, break: broken.value || undefined }, control.signal);
      fill(result, outcome(experiment, response, broken.value));
      say(`${experiment.name}: ${response.result.laws.filter(l => l.holds).length} of ${response.result.laws.length} laws hold`);
    } catch (error) {
      say(error.name === 'AbortError' ? 'stopped' : error.message, error.name !== 'AbortError');
    } finally {
      run.disabled = false;
      stop.hidden = true;
    }
  }

  function outcome(experiment, { result, pictures: drawn, ladders }, broken) {
    const command = result.command + (broken ? ` --break "${broken}"` : '');
    return [
      el('h3', {}, 'Laws'),
      el('ul', { class: 'laws' }, result.laws.map(l => el('li', {}, el('span', { class: `sign ${l.holds ? 'good' : 'bad'}`, 'aria-label': l.holds ? 'holds' : 'does not hold' }, l.holds ? '✓' : '✗'),
        el('span', {}, `${l.name}: `, el('b', {}, number(l.got), ' ', l.unit), ` (${band(l)})`, el('span', { class: 'muted' }, ` ${l.source}`))))),
      result.measures.length ? [el('h3', {}, 'Measures'), el('table', { class: 'table' }, el('tbody', {}, result.measures.map(m => el('tr', {}, el('td', {}, m.name), el('td', { class: 'number' }, `${number(m.value)} ${m.unit}`)))))] : null,
      el('div', { class: 'pictures' }, drawn.map(p => {
        const address = URL.createObjectURL(new Blob([p.svg], { type: 'image/svg+xml' }));
        pictures.push(address);
        return el('figure', {}, el('img', { src: address, alt: p.title || p.name, loading: 'lazy' }));
      }), ladders.map(l => el('figure', {}, el('figcaption', {}, l.title), el('pre', { tabindex: '0' }, l.text)))),
      el('h3', {}, 'Why'), result.explanation.split(/\n\s*\n/).map(p => el('p', {}, p)), el('p', { class: 'muted' }, `Sources: ${result.sources.join(' · ')}`),
      el('div', { class: 'command' }, el('code', {}, command), el('button', { type: 'button', onclick: () => copy(command, say) }, 'Copy')),
    ];
  }

  return {
    async move() {
      await ready;
      const wanted = all.find(e => e.name === place.at('experiment')) ?? all[0];
      if (wanted && wanted !== shown) {
        shown = wanted;
        show(wanted);
      }
    },
    key(event) {
      const command = sheet.querySelector('.command code');
      if (event.key !== 'c' || !command) {
        return false;
      }

      copy(command.textContent, say);
      return true;
    },
    close: drop,
  };
}

/** Puts a text on the clipboard, or says that it has to be done by hand. */
export async function copy(text, say) {
  try {
    await navigator.clipboard.writeText(text);
    say('copied');
  } catch {
    say('the browser does not let this page copy: the text can be selected', true);
  }
}

const number = value => (typeof value !== 'number' ? String(value) : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(4)).toString());

const band = law => (law.low === law.high ? `expected ${number(law.low)}` : law.expected === null ? `${number(law.low)} to ${number(law.high)}` : `expected ${number(law.expected)}, ${number(law.low)} to ${number(law.high)}`);

const units = { ns: 1e-9, us: 1e-6, 'µs': 1e-6, ms: 1e-3, s: 1, min: 60, '': 1, k: 1e3, m: 1e6, g: 1e9, '%': 0.01 };

// A slider where the range is one of numbers with equal units; a choice of words; else a text.
function knob(parameter, knobs) {
  const shown = el('output', { class: 'mono' }, parameter.default);
  const words = parameter.range.includes(', ') && !/\bto\b/.test(parameter.range) ? parameter.range.split(', ') : null;
  const ends = words ? null : /^(-?[\d.]+)\s*([a-zµ%]*)\s+to\s+(-?[\d.]+)\s*([a-zµ%]*)/i.exec(parameter.range);
  const initial = /^(-?[\d.]+)\s*([a-zµ%]*)$/i.exec(parameter.default);
  let input;
  if (words) {
    input = el('select', {}, words.map(w => el('option', { selected: w === parameter.default }, w)));
    shown.hidden = true;
  } else if (ends && initial) {
    const isByte = /bytes|bit\/s/.test(parameter.range);
    const base = v => (isByte && /bytes/.test(parameter.range) ? { k: 1024, m: 1048576, g: 1073741824 }[v] : undefined) ?? units[v] ?? 1;
    const unit = initial[2];
    const scale = base(unit.toLowerCase());
    const low = Number(ends[1]) * (isByte ? 1 : base(ends[2].toLowerCase())) / scale;
    const high = Number(ends[3]) * (isByte ? 1 : base(ends[4].toLowerCase())) / scale;
    const start = Number(initial[1]);

    // Over several powers of ten, equal ways are equal ratios.
    const isLog = low >= 0 && high / Math.max(low, start / 1000, 1e-9) > 200 && start > 0;
    const floor = Math.max(low, start / 1000, 1e-6);
    const isWhole = unit === '' || !initial[1].includes('.');
    const toValue = x => (isLog ? (x <= 0 && low === 0 ? 0 : floor * (high / floor) ** (x / 1000)) : low + (high - low) * x / 1000);
    const toPlace = v => (isLog ? 1000 * Math.log(Math.max(v, floor) / floor) / Math.log(high / floor) : 1000 * (v - low) / (high - low));
    const text = v => `${isWhole && v >= 1 ? Math.round(v) : unit === '' ? Math.round(v) : Number(v.toPrecision(2))}${unit}`;
    input = el('input', { type: 'range', min: '0', max: '1000', step: '1', value: String(Math.round(toPlace(start))), oninput: () => { current = text(Math.min(high, Math.max(low, toValue(Number(input.value))))); shown.textContent = current; } });
    let current = parameter.default;
    knobs.set(parameter.name, { initial: parameter.default, value: () => current });
    input.setAttribute('aria-label', parameter.description);
    return el('label', { title: parameter.range }, el('span', {}, parameter.description), shown, input);
  } else {
    input = el('input', { type: 'text', value: parameter.default });
    shown.hidden = true;
  }

  knobs.set(parameter.name, { initial: parameter.default, value: () => input.value });
  return el('label', { title: parameter.range }, el('span', {}, parameter.description), shown, input);
}
