// The list of packets: only the rows in sight are in the document, only the pages near them in memory.

import { el, fill } from './dom.js';
import { count, seconds } from './units.js';
import { css, title } from './layers.js';

const pageSize = 200;
const maxPages = 30;

// Browsers lose pixels beyond some ten million: longer lists are scrolled in proportion.
const maxHeight = 6_000_000;
const soft = new Set(['window_update', 'keep_alive', 'keep_alive_ack', 'reused_ports']);
const words = {
  retransmission: 'retransmission', fast_retransmission: 'fast retransmission', spurious_retransmission: 'spurious retransmission', out_of_order: 'out of order',
  lost_segment: 'segment before it missing', ack_lost_segment: 'acks what was not seen', duplicate_ack: 'duplicate ACK', zero_window: 'zero window', zero_window_probe: 'window probe',
  window_full: 'window full', keep_alive: 'keep-alive', keep_alive_ack: 'keep-alive ACK', zero_window_probe_ack: 'probe ACK', reused_ports: 'ports used again', window_update: 'window update',
};

export const marksOf = marks => (marks ?? []).map(m => el('span', { class: soft.has(m) ? 'mark soft' : 'mark' }, words[m] ?? m));

export const isOdd = row => row.stopped || (row.marks ?? []).some(m => !soft.has(m));

export class PacketList {
  #load; #choose; #total = 0; #top = 0; #rowHeight = 24; #pages = new Map(); #loading = new Map(); #index = -1; #chosen = 0; #generation = 0; #atEnd = false; #left = null;
  #body; #space; #rows; #frame = 0; #elements = [];

  /** @param load (skip, limit, signal) → rows and totals. @param choose told of the row that was chosen. */
  constructor(load, choose) {
    this.#load = load;
    this.#choose = choose;
    this.#space = el('div', { class: 'list-space' });
    this.#rows = el('div', { class: 'list-rows', role: 'presentation' });
    this.#body = el('div', { class: 'list-body', tabindex: '0', role: 'grid', 'aria-label': 'Packets', 'aria-owns': 'list-head', 'aria-rowcount': '0', 'aria-colcount': '7' }, this.#rows, this.#space);
    const head = el('div', { class: 'list-head', role: 'row', id: 'list-head' },
      ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'About'].map((t, i) => el('span', { role: 'columnheader', class: i === 0 || i === 1 || i === 5 ? 'number' : null }, t)));
    this.element = el('section', { class: 'list', 'aria-label': 'List of packets' }, head, this.#body);
    this.#body.addEventListener('scroll', () => this.#scrolled());
    this.#body.addEventListener('wheel', e => this.#wheel(e), { passive: false });
    this.#body.addEventListener('keydown', e => this.key(e));
    this.#rows.addEventListener('click', e => this.#click(e));
    new ResizeObserver(() => this.#layout()).observe(this.#body);
  }

  get total() { return this.#total; }

  get index() { return this.#index; }

  focus() { this.#body.focus({ preventScroll: true }); }

  /** Forgets the rows: the filter has changed, or the capture. */
  reset() {
    this.#generation++;
    this.#loading.forEach(c => c.abort());
    this.#loading.clear();
    this.#pages.clear();
    this.#index = -1;
  }

  /** Whether the end stays in sight as rows are added; left(…) is told when the user goes elsewhere. */
  get atEnd() { return this.#atEnd; }

  stayAtEnd(on, left = null) {
    this.#atEnd = on;
    this.#left = left;
    if (on) {
      this.#goTo(this.#total);
    }
  }

  #leave() {
    if (this.#atEnd) {
      this.#atEnd = false;
      this.#left?.();
    }
  }

  /** Says how many rows there are by now. */
  grow(total) {
    if (total !== this.#total) {
      const last = Math.floor((Math.min(total, this.#total) - 1) / pageSize);
      if (this.#pages.get(last)?.length < pageSize) {
        this.#pages.delete(last);
      }

      this.#total = total;
      this.#body.setAttribute('aria-rowcount', total);
      this.#layout();
      if (this.#atEnd) {
        this.#goTo(total);
      }
    }
  }

  /** Marks the row of a packet as chosen, and shows it. */
  show(index, number) {
    this.#index = index;
    this.#chosen = number;
    this.#reveal();
    this.#draw();
  }

  /** Chooses the row at a place of the list. */
  async choose(index) {
    if (this.#total === 0) {
      return;
    }

    if (index < this.#total - 1) {
      this.#leave();
    }

    this.#index = Math.max(0, Math.min(this.#total - 1, index));
    this.#reveal();
    this.#draw();
    const wanted = this.#index;
    const row = this.#row(wanted) ?? (await this.#page(Math.floor(wanted / pageSize)))?.[wanted % pageSize];
    if (row && wanted === this.#index) {
      this.#chosen = row.n;
      this.#choose(row);
      this.#draw();
    }
  }

  #layout() {
    this.#rowHeight = parseFloat(getComputedStyle(this.#body).getPropertyValue('--row')) || 24;
    this.#space.style.height = `${Math.min(maxHeight, this.#total * this.#rowHeight)}px`;
    this.#top = Math.max(0, Math.min(this.#top, this.#total - this.#fits));
    this.#draw();
  }

  get #fits() { return Math.max(1, Math.floor(this.#body.clientHeight / this.#rowHeight)); }

  get #isLong() { return this.#total * this.#rowHeight > maxHeight; }

  #scrolled() {
    const most = this.#body.scrollHeight - this.#body.clientHeight;
    if (this.#body.scrollTop < Math.min(most, this.#scrollOf(this.#top)) - 2) {
      this.#leave();
    }

    const share = most > 0 ? this.#body.scrollTop / most : 0;
    if (this.#isLong) {
      const expected = this.#scrollOf(this.#top);
      if (Math.abs(expected - this.#body.scrollTop) > 1.5) {
        this.#top = Math.round(share * Math.max(0, this.#total - this.#fits));
      }
    } else {
      this.#top = this.#body.scrollTop / this.#rowHeight;
    }

    this.#draw();
  }

  #scrollOf(top) {
    const most = this.#body.scrollHeight - this.#body.clientHeight;
    return this.#isLong ? most * top / Math.max(1, this.#total - this.#fits) : top * this.#rowHeight;
  }

  #goTo(top) {
    this.#top = Math.max(0, Math.min(top, this.#total - this.#fits));
    this.#body.scrollTop = this.#scrollOf(this.#top);
    this.#draw();
  }

  #wheel(event) {
    if (event.deltaY < 0) {
      this.#leave();
    }

    if (this.#isLong && !event.ctrlKey) {
      event.preventDefault();
      this.#goTo(Math.round(this.#top + Math.sign(event.deltaY) * Math.max(1, Math.abs(event.deltaY) / this.#rowHeight)));
    }
  }

  #reveal() {
    const fits = this.#fits;
    if (this.#index < this.#top || this.#index >= this.#top + fits) {
      const near = this.#index < this.#top ? this.#index : this.#index - fits + 1;
      this.#goTo(Math.abs(this.#index - this.#top) > 2 * fits ? this.#index - Math.floor(fits / 2) : near);
    }
  }

  /** Takes a key that walks the list; says whether it is one. */
  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: this.#fits - 1, PageUp: 1 - this.#fits, Home: -this.#total, End: this.#total };
    if (event.key in steps && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.choose(this.#index < 0 && event.key !== 'End' ? 0 : this.#index + steps[event.key]);
      return true;
    }

    return false;
  }

  #click(event) {
    const row = event.target.closest('.list-row');
    if (row) {
      this.#body.focus({ preventScroll: true });
      this.choose(Number(row.dataset.index));
    }
  }

  #row(index) { return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]; }

  async #page(page) {
    const known = this.#pages.get(page);
    if (known && (known.length === pageSize || page * pageSize + known.length >= this.#total)) {
      return known;
    }

    if (this.#loading.has(page)) {
      return this.#loading.get(page).promise;
    }

    const control = new AbortController();
    const generation = this.#generation;
    control.promise = this.#load(page * pageSize, pageSize, control.signal).then(answer => {
      this.#loading.delete(page);
      if (generation !== this.#generation) {
        return null;
      }

      this.#pages.delete(page);
      this.#pages.set(page, answer.rows);
      if (this.#pages.size > maxPages) {
        this.#pages.delete(this.#pages.keys().next().value);
      }

      this.#draw();
      return answer.rows;
    }, () => { this.#loading.delete(page); return null; });
    this.#loading.set(page, control);
    return control.promise;
  }

  #draw() {
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => { this.#frame = 0; this.#paint(); });
    }
  }

  #paint() {
    const first = Math.floor(this.#top);
    const visible = Math.min(this.#total - first, this.#fits + 2);
    const shift = this.#isLong ? 0 : (first - this.#top) * this.#rowHeight;
    const wanted = new Set([Math.floor(first / pageSize), Math.floor(Math.max(first, first + visible - 1) / pageSize)]);
    for (const [page, control] of this.#loading) {
      if (!wanted.has(page)) {
        control.abort();
        this.#loading.delete(page);
      }
    }

    while (this.#elements.length < Math.max(0, visible)) {
      const element = el('div', { class: 'list-row', role: 'row' });
      this.#elements.push(element);
      this.#rows.append(element);
    }

    this.#elements.splice(Math.max(0, visible)).forEach(e => e.remove());
    this.#body.removeAttribute('aria-activedescendant');
    this.#elements.forEach((element, i) => {
      const index = first + i;
      const row = this.#row(index);
      element.style.top = `${i * this.#rowHeight + shift}px`;
      const isChosen = row ? row.n === this.#chosen : index === this.#index;
      const state = `${this.#generation}:${index}:${row ? row.note ?? '' : '?'}`;
      if (element.dataset.state !== state) {
        element.dataset.state = state;
        element.dataset.index = index;
        element.id = `row-${index}`;
        element.setAttribute('aria-rowindex', index + 1);
        element.classList.toggle('odd', !!row && isOdd(row));
        fill(element, row ? cells(row) : el('span', { class: 'number wait' }, '…'));
      }

      if (isChosen) {
        this.#body.setAttribute('aria-activedescendant', element.id);
      }

      element.setAttribute('aria-selected', isChosen);
    });
    for (const page of wanted) {
      if (visible > 0) {
        this.#page(page);
      }
    }
  }
}

function cells(row) {
  const cell = (content, attributes) => el('span', { role: 'gridcell', ...attributes }, content);
  return [
    cell(count(row.n), { class: 'number' }),
    cell(row.since === undefined ? '' : seconds(row.since), { class: 'number' }),
    cell(row.src, { title: row.src }),
    cell(row.dst, { title: row.dst }),
    cell([el('span', { class: `chip ${css(row.osi)}`, title: title(row.osi) }, row.osi), ' ', row.proto]),
    cell(row.len, { class: 'number' }),
    cell([row.note ? el('span', { class: 'mark soft', title: row.note }, '✎') : null, marksOf(row.marks), row.info], { title: row.info }),
  ];
}
