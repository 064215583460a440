// DNS and HTTP as lists of exchanges: what was asked, what was answered, how long it took.

import { el, fill } from './dom.js';
import * as api from './api.js';
import { count, seconds, span } from './units.js';

const page = 150;

export function open(panel, captures) {
  let skip = 0;
  let round = 0;
  const protocol = el('select', { 'aria-label': 'Protocol', onchange: () => { skip = 0; load(); } }, el('option', { value: 'dns' }, 'DNS'), el('option', { value: 'http' }, 'HTTP'));
  const previous = el('button', { type: 'button', onclick: () => { skip = Math.max(0, skip - page); load(); } }, '‹ before');
  const next = el('button', { type: 'button', onclick: () => { skip += page; load(); } }, 'on ›');
  const where = el('span', { class: 'muted' });
  const body = el('tbody');
  fill(panel, el('div', { class: 'bar' }, protocol, previous, next, where), el('div', { class: 'scroll' }, el('table', { class: 'table' },
    el('thead', {}, el('tr', {}, ['time', 'packet', 'asked', 'answered', 'packet', 'took', 'between'].map((h, i) => el('th', { scope: 'col', class: [0, 1, 4, 5].includes(i) ? 'number' : null }, h)))), body)));

  async function load(isFirst = false) {
    const turn = ++round;
    const answer = await api.get('exchanges', { capture: captures.capture, protocol: protocol.value, skip, limit: page });
    if (turn !== round) {
      return;
    }

    if (isFirst && answer.complete && answer.messages === 0 && protocol.value === 'dns') {
      protocol.value = 'http';
      load();
      return;
    }

    previous.disabled = skip === 0;
    next.disabled = skip + page >= answer.messages;
    fill(where, `${count(answer.messages)} packets with messages${answer.complete ? '' : ' so far …'}`);
    const link = n => (n ? el('button', { type: 'button', class: 'plain', onclick: e => { e.stopPropagation(); captures.goTo(n); } }, count(n)) : '');
    fill(body, answer.exchanges.length === 0 && answer.complete ? el('tr', {}, el('td', { colspan: '7' }, 'none')) : answer.exchanges.map(e => el('tr', {},
      el('td', { class: 'number' }, e.since === undefined ? '' : seconds(e.since)), el('td', { class: 'number' }, link(e.n)), el('td', { class: 'mono' }, e.n ? e.question : '(not seen)'),
      el('td', { class: 'mono' }, e.answer ?? '(no answer)'), el('td', { class: 'number' }, link(e.answered_n)), el('td', { class: 'number' }, e.took === undefined ? '' : span(e.took)), el('td', { class: 'mono' }, e.between))));
    if (!answer.complete) {
      setTimeout(() => turn === round && load(isFirst), 300);
    }
  }

  load(true);
  return { grown: () => load(), close() { round++; } };
}
