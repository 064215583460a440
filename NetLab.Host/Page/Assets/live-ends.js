// What both ends know at a moment: states, windows, timers, the last lines of the event log, and their course.

import { el, fill } from './dom.js';
import { bytes } from './units.js';
import { chart, token } from './charts.js';

const size = v => (v === undefined ? '–' : bytes(v));
const time = v => (v === undefined ? '–' : `${v.toFixed(1)} ms`);
const rows = [['state', e => e.state], ['congestion window', e => size(e.cwnd)], ['slow start up to', e => size(e.ssthresh)], ['in flight', e => size(e.in_flight)], ["peer's window", e => size(e.snd_wnd)], ['smoothed round trip', e => time(e.srtt)], ['retransmission timer', e => time(e.rto)], ['repairs losses', e => (e.repairs ? 'yes' : 'no')]];

export class Ends {
  #table = el('table', { class: 'table' });
  #log = el('pre', { class: 'talk', role: 'log', 'aria-label': 'Event log', tabindex: '0' });
  #fields = el('div');
  #charts = [];
  #now = 0;
  #onTime;

  /** onTime(seconds) is called for a moment that is chosen in a chart. */
  constructor(onTime) { this.#onTime = onTime; }

  /** The parts of the page, in order. */
  get elements() { return [el('h2', {}, 'Ends'), this.#table, this.#fields, el('h3', {}, 'Event log'), this.#log]; }

  /** Shows a moment. */
  show(data, now) {
    this.#now = now;
    const at = (list, when) => list.findLast(x => when(x) <= now + 1e-12);
    const of = end => ({ state: at(end.states, s => s[0])?.[1] ?? 'CLOSED', ...at(end.samples, s => s.at) });
    const [client, server] = [of(data.client), of(data.server)];
    const flying = data.segments.filter(s => s.sent <= now && !s.dropped && (s.arrives ?? Infinity) > now).length;
    fill(this.#table, el('thead', {}, el('tr', {}, el('th', {}, `${flying} on the link`), el('th', {}, 'client'), el('th', {}, 'server'))),
      el('tbody', {}, rows.map(([name, show]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, show(client)), el('td', {}, show(server))))));
    let low = 0;
    let high = data.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parseFloat(data.log[middle]) <= now + 5e-7) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    const text = data.log.slice(Math.max(0, low - 40), low).join('\n');
    if (text !== this.#log.textContent) {
      this.#log.textContent = text;
      this.#log.scrollTop = this.#log.scrollHeight;
    }

    for (const c of this.#charts) {
      c.plot?.redraw(false);
    }
  }

  /** Draws the course of all that there is. */
  graph(data) {
    this.close();
    const samples = data.client.samples;
    const mark = plot => {
      const x = plot.valToPos(this.#now, 'x', true);
      plot.ctx.save();
      plot.ctx.setLineDash([]);
      plot.ctx.strokeStyle = token('--accent');
      plot.ctx.lineWidth = devicePixelRatio || 1;
      plot.ctx.beginPath();
      plot.ctx.moveTo(x, plot.bbox.top);
      plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
      plot.ctx.stroke();
      plot.ctx.restore();
    };
    const format = v => bytes(Math.round(v));
    const x = { label: 'seconds', format: v => `${Number(v.toFixed(4))}` };
    const onClick = (plot, event) => this.#onTime(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x'));
    const queue = data.segments.filter(s => s.from === 'a' && s.found !== undefined);
    this.#charts = [
      chart({ title: 'Windows', x, y: { format, isBytes: true }, height: 170, data: [samples.map(s => s.at), samples.map(s => s.cwnd), samples.map(s => s.in_flight)], series: [{ label: 'congestion window', color: '--b' }, { label: 'in flight', color: '--a', dash: [4, 3] }], hooks: { draw: [mark] }, onClick }),
      chart({ title: 'Round trip', x, y: { format: v => `${Number(v.toFixed(1))} ms` }, height: 140, data: [samples.map(s => s.at), samples.map(s => s.srtt ?? null)], series: [{ label: 'smoothed', color: '--l6' }], hooks: { draw: [mark] }, onClick }),
      chart({ title: 'Queue before the line, as each packet found it', x, y: { format, isBytes: true }, height: 140, data: [queue.map(s => s.sent), queue.map(s => s.found)], series: [{ label: 'bytes', color: '--l4' }], hooks: { draw: [mark] }, onClick }),
    ];
    fill(this.#fields, this.#charts.map(c => c.element));
  }

  close() {
    this.#charts.forEach(c => c.close());
    this.#charts = [];
  }
}
