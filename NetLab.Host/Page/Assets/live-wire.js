// The packets between two ends: time runs down, each packet is a line from one end to the other, as far as it has come.

import { fill, svg } from './dom.js';
import { token } from './charts.js';

const maxLines = 160;

export class Wire {
  #onOpen; #key = null;

  /** The picture: one stop of the Tab key; arrows go from packet to packet. */
  element = svg('svg', { class: 'wire', role: 'group', tabindex: '0', 'aria-label': 'Packets between client and server: arrows choose one, Enter says what can be done to it' });

  /** onOpen(segment, x, y) is called for a packet that is chosen. */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    this.element.addEventListener('keydown', e => this.#walk(e));
    this.element.addEventListener('focusin', e => { this.#key = e.target.closest('[data-key]')?.dataset.key ?? null; });
  }

  /** Chooses the packet that was chosen, or the one that left last. */
  focus() { (this.#packet(this.#key) ?? this.#packets.at(-1) ?? this.element).focus({ preventScroll: true }); }

  get #packets() { return [...this.element.querySelectorAll('[data-key]')]; }

  #packet(key) { return key === null ? undefined : this.#packets.find(p => p.dataset.key === key); }

  #walk(event) {
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
    const all = this.#packets;
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || all.length === 0) {
      return;
    }

    event.preventDefault();
    const at = all.findIndex(p => p === document.activeElement);
    const next = at < 0 ? (steps[event.key] > 0 && Number.isFinite(steps[event.key]) ? 0 : all.length - 1) : at + steps[event.key];
    all[Math.max(0, Math.min(all.length - 1, next))].focus({ preventScroll: true });
  }

  /** Draws what there is at a moment. `zoom` is the seconds in sight, `delay` what a packet needs of which that is not known, `steps` how the link changed. */
  draw(data, now, zoom, delay, steps) {
    const width = this.element.parentElement?.clientWidth - 26;
    if (!(width > 0)) {
      return;
    }

    const height = Math.max(320, Math.min(1400, this.element.parentElement.clientHeight - 120));
    const until = Math.max(now + zoom * 0.08, zoom);
    const from = until - zoom;
    const y = t => 30 + (t - from) / zoom * (height - 40);
    const [left, right] = [86, width - 24];
    const shown = data.segments.filter(s => s.sent <= now && s.sent >= from - 1.5 - delay && Math.max(s.sent, Math.min(now, s.arrives ?? s.sent + 0.02)) >= from);
    const places = [];
    const lines = shown.slice(-maxLines).map(s => this.#flight(s, now, delay, y, left, right, places));
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.element.setAttribute('height', height);
    const ticks = [];
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].find(s => zoom / s <= 12);
    for (let t = Math.max(0, Math.ceil(from / step) * step); t <= until; t += step) {
      ticks.push(svg('text', { class: 'time', x: 4, y: y(t) + 4 }, `${t.toFixed(2)} s`));
    }

    const changes = steps.filter(s => s.at >= from && s.at <= until).map(s => svg('g', {}, svg('line', { class: 'now', x1: left, x2: right, y1: y(s.at), y2: y(s.at) }), svg('text', { x: left + 6, y: y(s.at) - 3, class: 'time' }, s.words)));
    const hadFocus = this.#key !== null && this.element.contains(document.activeElement);
    fill(this.element, ticks, svg('text', { x: left, y: 16, 'text-anchor': 'middle' }, 'client'), svg('text', { x: right, y: 16, 'text-anchor': 'end', dx: 20 }, 'server'),
      svg('line', { class: 'post', x1: left, x2: left, y1: 24, y2: height }), svg('line', { class: 'post', x1: right, x2: right, y1: 24, y2: height }), changes, lines,
      svg('line', { class: 'now', x1: left - 10, x2: right + 10, y1: y(now), y2: y(now) }));
    if (hadFocus) {
      // Drawn anew, it is another element that stands for the same packet.
      (this.#packet(this.#key) ?? this.element).focus({ preventScroll: true });
    }
  }

  #flight(s, now, delay, y, left, right, places) {
    const isUp = s.from === 'a';
    const [x1, x2] = isUp ? [left, right] : [right, left];
    const away = s.left ?? s.sent;
    const arrives = s.arrives ?? away + Math.max(0.005, delay / 2);
    const share = Math.min(1, Math.max(0, (now - s.sent) / Math.max(1e-9, arrives - s.sent))) * (s.dropped ? 0.5 : 1);
    const endTime = s.dropped ? Math.min(now, s.sent + (arrives - s.sent)) : Math.min(now, arrives);
    const [ex, ey] = [x1 + (x2 - x1) * share, y(endTime)];
    const isFlying = now < arrives;
    const isDead = s.dropped && !isFlying;
    const name = `${s.kind}#${s.ordinal}`;
    const range = s.len > 0 && s.kind !== 'ANY' ? ` ${s.seq}–${s.seq + s.len}` : s.kind === 'ACK' ? ` ${s.ack}` : '';

    // Labels that would cover one another are left out; the line and its title say the same.
    const labelY = y(s.sent) - 2;
    const hasRoom = !places.some(p => p.isUp === isUp && Math.abs(p.y - labelY) < 13);
    if (hasRoom) {
      places.push({ isUp, y: labelY });
    }

    const title = `${name}${range}${s.again ? ', again' : ''}: ${s.fate ?? (isFlying ? 'on its way' : 'arrived')}`;
    const group = svg('g', {
      class: `${s.from}${s.dropped ? ' lost' : ''}${s.again ? ' repair' : ''}`, tabindex: '-1', role: 'button', 'aria-haspopup': 'menu', 'data-key': `${s.from}${s.number ?? `${name}@${s.sent}`}`, 'aria-label': `${isUp ? 'client to server' : 'server to client'}, ${s.sent.toFixed(4)} seconds, ${title}`, 'data-name': `${isUp ? 'up' : 'down'}.${name}`,
      onmousedown: e => { e.preventDefault(); this.#onOpen(s, e.clientX, e.clientY); }, onkeydown: e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); e.stopPropagation(); const box = group.getBoundingClientRect(); this.#onOpen(s, box.left + box.width / 2, box.top + 10); } },
    },
    svg('title', {}, title), svg('line', { x1, y1: y(s.sent), x2: ex, y2: ey, stroke: 'transparent', 'stroke-width': 14 }), svg('line', { class: 'flight', x1, y1: y(s.sent), x2: ex, y2: ey }),
    isFlying ? svg('circle', { class: 'ball', cx: ex, cy: ey, r: 5.5 }) : isDead ? svg('text', { x: ex, y: ey + 5, 'text-anchor': 'middle', fill: token('--bad') }, '✕') : svg('circle', { class: 'ball', cx: ex, cy: ey, r: 2.5 }),
    hasRoom ? svg('text', { x: isUp ? left + 10 : right - 10, y: labelY, 'text-anchor': isUp ? 'start' : 'end' }, `${name}${range}${s.again ? ' again' : ''}${s.fate && !isFlying ? ` (${s.fate})` : ''}`) : null);
    return group;
  }
}
