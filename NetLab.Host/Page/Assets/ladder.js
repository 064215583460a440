// The ladder of a conversation: who sent what when. Folded: packets that carry on alike are one step.

import { el, fill, svg } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { count, seconds } from './units.js';
import { filterOf, same, streamOf } from './stream-choice.js';

const page = 250;
const soft = new Set(['window_update', 'keep_alive', 'keep_alive_ack', 'reused_ports']);

export function open(panel, captures) {
  let stream = null;
  let skip = 0;
  let chosen = 0;
  let round = 0;
  let known = null;
  const title = el('b');
  const previous = el('button', { type: 'button', onclick: () => { skip = Math.max(0, skip - page); load(); } }, '‹ before');
  const next = el('button', { type: 'button', onclick: () => { skip += page; load(); } }, 'on ›');
  const folded = el('input', { type: 'checkbox', checked: true, onchange: draw });
  const scaled = el('input', { type: 'checkbox', onchange: draw });
  const zoom = el('input', { type: 'range', min: '0', max: '100', value: '20', 'aria-label': 'Zoom of time', oninput: draw });
  const holder = el('div', { class: 'scroll' });
  fill(panel, el('div', { class: 'bar' }, title, previous, next, el('label', {}, folded, 'fold'), el('label', {}, scaled, 'time to scale'), zoom, el('span', { class: 'grow' }),
    el('button', { type: 'button', onclick: () => stream && captures.filterBy(filterOf(stream)) }, 'Filter by it')), holder);
  const resize = new ResizeObserver(draw);
  resize.observe(holder);

  async function load() {
    const turn = ++round;
    if (!stream) {
      known = null;
      fill(holder, el('p', { class: 'empty' }, 'This packet belongs to no conversation of TCP or UDP.'));
      return;
    }

    const answer = await api.get(`ladder/${stream.number}`, { capture: captures.capture, proto: stream.proto, skip, limit: page });
    if (turn === round) {
      known = answer;
      previous.disabled = skip === 0;
      next.disabled = !answer.more;
      fill(title, `${stream.proto} ${stream.number}`);
      draw();
    }
  }

  function draw() {
    if (!known || holder.clientWidth === 0) {
      return;
    }

    const width = Math.max(340, Math.min(1300, holder.clientWidth - 20));
    const [left, right] = [width < 560 ? 76 : 150, width - (width < 560 ? 20 : 60)];
    const steps = folded.checked ? fold(known.steps) : known.steps.map(s => ({ ...s, count: 1 }));
    zoom.hidden = !scaled.checked;
    const height = 26;
    const first = steps[0]?.since ?? 0;
    const perPixel = scaled.checked ? 10 ** (7 - zoom.value / 18) : 0;
    let at = 44;
    let last = first;
    const drawn = steps.map((step, i) => {
      at += i === 0 ? 0 : scaled.checked ? Math.max(height, Math.min(600, (step.since - last) / perPixel)) : height;
      last = step.since;
      return line(step, at, left, right);
    });
    const picture = svg('svg', { class: 'ladder', width, height: at + 30, viewBox: `0 0 ${width} ${at + 30}`, role: 'list', 'aria-label': 'Ladder' },
      svg('text', { x: left, y: 16, 'text-anchor': 'middle' }, known.a), svg('text', { x: right, y: 16, 'text-anchor': 'end', dx: 20 }, known.b),
      svg('line', { class: 'post', x1: left, x2: left, y1: 24, y2: at + 24 }), svg('line', { class: 'post', x1: right, x2: right, y1: 24, y2: at + 24 }), drawn);
    fill(holder, picture, known.more ? el('p', { class: 'empty' }, 'There is more of it: on ›') : null);
  }

  function line(step, y, left, right) {
    const isA = step.from === 'a';
    const odd = (step.marks ?? []).filter(m => !soft.has(m));
    const words = `${odd.length ? `⚠ ${odd.join(', ').replaceAll('_', ' ')}  ` : ''}${step.label}${step.count > 1 ? `  × ${count(step.count)}, ${count(step.bytes)} bytes` : ''}`;
    const room = Math.floor((right - left - 30) / 7.4);
    const choose = () => { chosen = step.n; captures.goTo(step.n); mark(); };
    return svg('g', {
      class: `step ${step.from}${odd.length ? ' odd' : ''}${step.n === chosen ? ' chosen' : ''}`, 'data-n': step.n, tabindex: '0', role: 'listitem',
      'aria-label': `packet ${step.n}, ${seconds(step.since)} seconds, from ${isA ? known.a : known.b}: ${words}`, onclick: choose, onkeydown: e => e.key === 'Enter' && choose(),
    },
    svg('rect', { x: 0, y: y - 15, width: right + 40, height: 25 }),
    svg('text', { class: 'time', x: 4, y: y + 4 }, seconds(step.since)),
    svg('line', { x1: left, x2: right, y1: y + 5, y2: y + 5 }),
    svg('path', { class: 'head', d: isA ? `M${right - 9} ${y + 1}L${right - 1} ${y + 5}L${right - 9} ${y + 9}` : `M${left + 9} ${y + 1}L${left + 1} ${y + 5}L${left + 9} ${y + 9}` }),
    svg('text', { x: (left + right) / 2, y: y - 1, 'text-anchor': 'middle' }, words.length > room ? `${words.slice(0, room - 1)}…` : words), svg('title', {}, words));
  }

  function mark() {
    holder.querySelectorAll('.step').forEach(s => s.classList.toggle('chosen', Number(s.dataset.n) === chosen));
  }

  return {
    move(row) {
      chosen = row?.n ?? 0;
      const wanted = streamOf(row);
      if (!same(wanted, stream)) {
        stream = wanted;
        skip = 0;
        load();
      } else {
        mark();
      }
    },
    close() { round++; resize.disconnect(); },
  };
}

// Three or more packets of a side that differ in their numbers alone become one step.
function fold(steps) {
  const kind = step => `${step.from} ${(step.marks ?? []).join()} ${step.label.replace(/=[\d.]+/g, '=').replace(/\d+ bytes/, '')} ${/len=0\b/.test(step.label)}`;
  const folded = [];
  for (let i = 0; i < steps.length;) {
    let end = i + 1;
    while (end < steps.length && kind(steps[end]) === kind(steps[i])) {
      end++;
    }

    if (end - i >= 3) {
      folded.push({ ...steps[i], count: end - i, bytes: steps.slice(i, end).reduce((sum, s) => sum + s.len, 0) });
    } else {
      steps.slice(i, end).forEach(s => folded.push({ ...s, count: 1 }));
    }

    i = end;
  }

  return folded;
}
