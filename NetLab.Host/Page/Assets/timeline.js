// The capture's time in equal parts: packets as bars, those that stand out in front; click to go there.

import { el } from './dom.js';
import * as api from './api.js';
import { span, count } from './units.js';
import { token } from './charts.js';

export class Timeline {
  #canvas; #parts = []; #go; #round = 0;

  constructor(go) {
    this.#go = go;
    this.#canvas = el('canvas', { class: 'timeline', role: 'img', 'aria-label': 'Packets over time' });
    this.element = this.#canvas;
    this.#canvas.addEventListener('click', e => {
      const part = this.#parts[Math.floor(e.offsetX / this.#canvas.clientWidth * this.#parts.length)];
      const near = part?.n ? part : this.#parts.find(p => p.n && p.start >= (part?.start ?? 0));
      if (near) {
        this.#go(near.n);
      }
    });
    this.#canvas.addEventListener('mousemove', e => {
      const part = this.#parts[Math.floor(e.offsetX / this.#canvas.clientWidth * this.#parts.length)];
      this.#canvas.title = part ? `from ${span(part.start)}: ${count(part.packets)} packets, ${count(part.bytes)} bytes${part.marked ? `, ${part.marked} that stand out` : ''}` : '';
    });
    new ResizeObserver(() => this.#paint()).observe(this.#canvas);
    addEventListener('themechange', () => this.#paint());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
  }

  async show(capture, filter) {
    const round = ++this.#round;
    const answer = await api.get('intervals', { capture: capture.id, filter, count: 240 });
    if (round === this.#round) {
      this.#parts = answer.intervals;
      const most = Math.max(0, ...this.#parts.map(p => p.packets));
      this.#canvas.setAttribute('aria-label', `Packets over time: ${this.#parts.length} parts, ${most} packets at most in one, ${this.#parts.filter(p => p.marked).length} with losses or repairs`);
      this.#paint();
      if (!answer.complete) {
        setTimeout(() => round === this.#round && this.show(capture, filter), 400);
      }
    }
  }

  #paint() {
    const scale = devicePixelRatio || 1;
    const width = this.#canvas.width = this.#canvas.clientWidth * scale;
    const height = this.#canvas.height = this.#canvas.clientHeight * scale;
    const draw = this.#canvas.getContext('2d');
    draw.clearRect(0, 0, width, height);
    const most = Math.max(1, ...this.#parts.map(p => p.packets));
    const step = width / Math.max(1, this.#parts.length);
    const [plain, marked] = [token('--l4'), token('--bad')];
    this.#parts.forEach((part, i) => {
      if (part.packets > 0) {
        const size = Math.max(2 * scale, (height - 6 * scale) * part.packets / most);
        draw.fillStyle = plain;
        draw.fillRect(i * step, height - size, Math.max(1, step - 0.5 * scale), size);
        if (part.marked > 0) {
          draw.fillStyle = marked;
          draw.fillRect(i * step, 0, Math.max(2 * scale, step - 0.5 * scale), 4 * scale);
          const share = Math.max(2 * scale, size * part.marked / part.packets);
          draw.fillRect(i * step, height - share, Math.max(1, step - 0.5 * scale), share);
        }
      }
    });
  }
}
