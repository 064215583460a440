// All conversations, those of most bytes first.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { bytes, count } from './units.js';

const page = 120;

export function open(panel, captures) {
  let skip = 0;
  let round = 0;
  const sort = el('select', { 'aria-label': 'Sorted by', onchange: () => { skip = 0; load(); } },
    el('option', { value: 'bytes' }, 'most bytes first'), el('option', { value: 'packets' }, 'most packets first'), el('option', { value: 'number' }, 'by number'));
  const previous = el('button', { type: 'button', onclick: () => { skip = Math.max(0, skip - page); load(); } }, '‹ before');
  const next = el('button', { type: 'button', onclick: () => { skip += page; load(); } }, 'on ›');
  const where = el('span', { class: 'muted' });
  const body = el('tbody');
  const heads = ['', 'client, or who began', 'server', 'packets →', 'bytes →', 'packets ←', 'bytes ←', 'carries', 'state', ''];
  fill(panel, el('div', { class: 'bar' }, sort, previous, next, where),
    el('div', { class: 'scroll' }, el('table', { class: 'table' }, el('thead', {}, el('tr', {}, heads.map((h, i) => el('th', { class: i >= 3 && i <= 6 ? 'number' : null, scope: 'col' }, h)))), body)));

  async function load() {
    const turn = ++round;
    const answer = await api.get('conversations', { capture: captures.capture, skip, limit: page, sort: sort.value });
    if (turn !== round) {
      return;
    }

    previous.disabled = skip === 0;
    next.disabled = skip + answer.conversations.length >= answer.total;
    fill(where, answer.complete || answer.counted ? `${count(Math.min(skip + 1, answer.total))} to ${count(skip + answer.conversations.length)} of ${count(answer.total)}` : 'known when the capture has been read …');
    fill(body, answer.conversations.map(c => {
      const show = name => place.go({ panel: name, stream: `${c.proto}:${c.stream}` });
      return el('tr', { tabindex: '0', onclick: () => captures.filterBy(`${c.proto}.stream == ${c.stream}`), onkeydown: e => e.key === 'Enter' && e.target === e.currentTarget && captures.filterBy(`${c.proto}.stream == ${c.stream}`) },
        el('td', {}, `${c.proto} ${c.stream}`), el('td', { class: 'mono' }, c.a), el('td', { class: 'mono' }, c.b), el('td', { class: 'number' }, count(c.packets_a)), el('td', { class: 'number' }, bytes(c.bytes_a)),
        el('td', { class: 'number' }, count(c.packets_b)), el('td', { class: 'number' }, bytes(c.bytes_b)), el('td', {}, c.applications), el('td', {}, c.state ?? ''),
        el('td', {}, ['follow', 'ladder', c.proto === 'tcp' ? 'graphs' : null].filter(Boolean).map(name => [el('button', { type: 'button', onclick: e => { e.stopPropagation(); show(name); } }, name), ' '])));
    }));
  }

  load();
  return { grown: load, close() { round++; } };
}
