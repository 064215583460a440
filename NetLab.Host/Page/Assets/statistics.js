// What a capture adds up to: hierarchy, layers, endpoints, anomalies.

import { el, fill } from './dom.js';
import * as api from './api.js';
import { bytes, count } from './units.js';
import { css, names } from './layers.js';

export function open(panel, captures) {
  let round = 0;
  const holder = el('div', { class: 'columns' });
  fill(panel, el('div', { class: 'scroll' }, holder));

  async function load() {
    const turn = ++round;
    const answer = await api.get('statistics', { capture: captures.capture });
    if (turn !== round) {
      return;
    }

    if (!answer.hierarchy) {
      fill(holder, el('p', { class: 'empty' }, 'Known when the capture has been read …'));
      return;
    }

    fill(holder, anomalies(answer), hierarchy(answer), layers(answer), endpoints(answer));
  }

  function table(title, heads, rows) {
    return el('section', {}, el('h3', {}, title), el('table', { class: 'table' }, el('thead', {}, el('tr', {}, heads.map((h, i) => el('th', { scope: 'col', class: i > 0 ? 'number' : null }, h)))), el('tbody', {}, rows)));
  }

  const choose = expression => ({ tabindex: '0', onclick: () => captures.filterBy(expression), onkeydown: e => e.key === 'Enter' && captures.filterBy(expression) });

  function anomalies(answer) {
    const rows = answer.anomalies.map(a => el('tr', a.n ? { tabindex: '0', onclick: () => captures.goTo(a.n), onkeydown: e => e.key === 'Enter' && captures.goTo(a.n) } : {},
      el('td', {}, a.what), el('td', { class: 'number' }, count(a.count)), el('td', { class: 'number' }, a.n ? count(a.n) : '')));
    return table('Anomalies', ['what', 'times', 'first in packet'], rows.length ? rows : el('tr', {}, el('td', { colspan: '3' }, 'none')));
  }

  function hierarchy(answer) {
    const rows = [];
    const walk = (node, depth) => {
      if (rows.length < 150) {
        const share = node.packets / Math.max(1, answer.packets);
        const indent = el('td', {}, node.name);
        indent.style.paddingLeft = `${8 + depth * 14}px`;
        const bar = el('span', { class: 'share' });
        bar.style.width = `${Math.max(1, share * 70)}px`;
        rows.push(el('tr', node.name === 'frame' ? {} : choose(node.name), indent, el('td', { class: 'number' }, count(node.packets)), el('td', { class: 'number' }, bytes(node.bytes)), el('td', { class: 'number' }, `${(share * 100).toFixed(1)} % `, bar)));
        node.children.forEach(c => walk(c, depth + 1));
      }
    };
    walk(answer.hierarchy, 0);
    return table('Protocol hierarchy', ['protocol', 'packets', 'bytes', 'of packets'], rows);
  }

  function layers(answer) {
    const part = value => `${(100 * value / Math.max(1, answer.captured_bytes)).toFixed(1)} %`;
    const rows = answer.layers.filter(l => l.header_bytes > 0).map(l => el('tr', {}, el('td', {}, el('span', { class: `chip ${css(l.osi)}` }, l.osi), ` ${names[l.osi]}`), el('td', { class: 'number' }, bytes(l.header_bytes)), el('td', { class: 'number' }, part(l.header_bytes))));
    rows.push(el('tr', {}, el('td', {}, 'payload'), el('td', { class: 'number' }, bytes(answer.payload_bytes)), el('td', { class: 'number' }, part(answer.payload_bytes))));
    return table('Bytes of headers, by layer', ['layer', 'bytes', 'share'], rows);
  }

  function endpoints(answer) {
    return table('Endpoints', ['address', 'conversations', 'packets', 'bytes', 'sent'], answer.endpoints.slice(0, 60).map(e => el('tr', choose(e.address.includes(':') ? `ipv6.addr == ${e.address}` : `ip.addr == ${e.address}`),
      el('td', { class: 'mono' }, e.address), el('td', { class: 'number' }, count(e.conversations)), el('td', { class: 'number' }, count(e.packets)), el('td', { class: 'number' }, bytes(e.bytes)), el('td', { class: 'number' }, bytes(e.sent_bytes)))));
  }

  load();
  return { grown: load, close() { round++; } };
}
