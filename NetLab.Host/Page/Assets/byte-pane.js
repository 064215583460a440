// The bytes of a packet, coloured by layer. Lines in sight only; a line has a span for each run of equal look.

import { el, fill } from './dom.js';
import { css } from './layers.js';

const lineHeight = 20;

export class BytePane {
  #choose; #frame = null; #buffer = 0; #bytes = []; #layers = []; #on = null; #perLine = 16; #hovered = -1;
  #tabs; #body; #space; #foot; #charWidth = 0; #describe;

  /** @param choose told of (buffer, byte). @param describe says what a byte is, for the line below. */
  constructor(choose, describe) {
    this.#choose = choose;
    this.#describe = describe;
    this.#tabs = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Bytes of' });
    this.#space = el('div', { class: 'bytes-space' });
    this.#body = el('div', { class: 'bytes-body', tabindex: '0', role: 'region', 'aria-label': 'Bytes' }, this.#space);
    this.#foot = el('div', { class: 'bytes-foot', 'aria-live': 'polite' });
    this.element = el('div', { class: 'bytes' }, this.#tabs, this.#body, this.#foot);
    this.#body.addEventListener('scroll', () => this.#paint());
    this.#body.addEventListener('mousemove', e => this.#hover(e));
    this.#body.addEventListener('mouseleave', () => this.#say(-1));
    this.#body.addEventListener('click', e => this.#click(e));
    this.#body.addEventListener('keydown', e => this.#key(e));
    new ResizeObserver(() => this.#layout()).observe(this.#body);
  }

  focus() { this.#body.focus({ preventScroll: true }); }

  show(frame) {
    this.#frame = frame;
    this.#on = null;
    this.#hovered = -1;
    this.#pick(0);
  }

  get buffer() { return this.#buffer; }

  /** Lights up a range of a buffer; null for none. */
  light(buffer, range) {
    if (buffer !== this.#buffer && this.#frame?.buffers[buffer]) {
      this.#pick(buffer);
    }

    this.#on = range;
    if (range) {
      const top = Math.floor(range.at / this.#perLine) * lineHeight;
      if (top < this.#body.scrollTop || top + lineHeight > this.#body.scrollTop + this.#body.clientHeight) {
        this.#body.scrollTop = Math.max(0, top - lineHeight);
      }
    }

    this.#paint();
    this.#say(-1);
  }

  /** What is lit: for tests, and for whoever copies it. */
  get lit() { return this.#on && { buffer: this.#buffer, ...this.#on }; }

  #pick(buffer) {
    const known = this.#frame.buffers[buffer];
    this.#buffer = buffer;
    this.#bytes = Uint8Array.from(atob(known.bytes), c => c.charCodeAt(0));
    this.#layers = new Uint8Array(this.#bytes.length);
    for (const layer of this.#frame.layers) {
      if (layer.buffer === buffer && layer.proto !== 'frame' && layer.proto !== 'session') {
        this.#layers.fill(layer.osi, layer.at, layer.at + layer.length);
      }
    }

    const isMany = this.#frame.buffers.filter(b => b.length).length > 1;
    this.#tabs.hidden = !isMany;
    fill(this.#tabs, isMany ? this.#frame.buffers.map((b, i) => b.length === 0 && i > 0 ? null : el('button', {
      type: 'button', role: 'tab', 'aria-selected': i === buffer, 'aria-label': `Bytes: ${i === 0 ? 'packet' : b.name}`, onclick: () => { this.#on = null; this.#pick(i); },
    }, i === 0 ? `Packet (${b.length})` : `${b.name} (${b.length})`)) : []);
    this.#body.scrollTop = 0;
    this.#layout();
    this.#say(-1);
  }

  #layout() {
    if (!this.#charWidth) {
      const probe = el('span', { class: 'bytes-line' }, '0'.repeat(100));
      this.#space.append(probe);
      this.#charWidth = probe.getBoundingClientRect().width / 100;
      probe.remove();
    }

    // "0000  " + "xx " each + " " + a character each.
    const columns = Math.floor((this.#body.clientWidth - 28) / (this.#charWidth || 8));
    this.#perLine = columns >= 7 + 16 * 4 + 1 || columns === 0 ? 16 : 8;
    if (columns >= 7 + 32 * 4 + 2) {
      this.#perLine = 32;
    }

    this.#space.style.height = `${Math.ceil(this.#bytes.length / this.#perLine) * lineHeight}px`;
    this.#space.style.width = `${(7 + this.#perLine * 4 + this.#perLine / 8) * this.#charWidth}px`;
    this.#paint();
  }

  #paint() {
    const first = Math.max(0, Math.floor(this.#body.scrollTop / lineHeight) - 1);
    const last = Math.min(Math.ceil(this.#bytes.length / this.#perLine), first + Math.ceil(this.#body.clientHeight / lineHeight) + 2);
    const lines = [];
    for (let i = first; i < last; i++) {
      const line = this.#line(i);
      line.style.top = `${i * lineHeight}px`;
      lines.push(line);
    }

    fill(this.#space, lines);
  }

  #look(index) {
    const on = this.#on && index >= this.#on.at && index < this.#on.at + this.#on.length;
    return `${css(this.#layers[index])}${on ? ' on' : ''}`;
  }

  #line(number) {
    const start = number * this.#perLine;
    const end = Math.min(this.#bytes.length, start + this.#perLine);
    const line = el('div', { class: 'bytes-line' }, el('span', { class: 'offset' }, start.toString(16).padStart(4, '0')), '  ');
    const runs = write => {
      for (let i = start; i < end;) {
        const look = this.#look(i);
        let text = '';
        const from = i;
        do {
          text += write(i, i + 1 < end && this.#look(i + 1) === look);
          i++;
        } while (i < end && this.#look(i) === look);
        line.append(el('span', { class: look, 'data-from': from }, text), write === hex ? gap(i, start) : '');
      }
    };
    const gap = (i, from) => (i === end ? '' : (i - from) % 8 === 0 ? '  ' : ' ');
    const hex = (i, goesOn) => this.#bytes[i].toString(16).padStart(2, '0') + (goesOn ? gap(i + 1, start) : '');
    const character = i => (this.#bytes[i] >= 0x20 && this.#bytes[i] < 0x7f ? String.fromCharCode(this.#bytes[i]) : '·');
    runs(hex);
    const used = (end - start) * 3 - 1 + Math.floor((end - start - 1) / 8);
    line.append(' '.repeat(Math.max(2, this.#perLine * 3 + this.#perLine / 8 - used)));
    runs(character);
    return line;
  }

  #byteAt(event) {
    const box = this.#space.getBoundingClientRect();
    const line = Math.floor((event.clientY - box.top) / lineHeight);
    const column = (event.clientX - box.left) / this.#charWidth - 6;
    const texts = this.#perLine * 3 + this.#perLine / 8 - 0;
    let place = -1;
    if (column >= -0.5 && column < texts - 1) {
      const group = Math.floor((column + 0.5) / 25);
      place = group * 8 + Math.min(7, Math.floor((column + 0.5 - group * 25) / 3));
    } else if (column >= texts && column < texts + this.#perLine) {
      place = Math.floor(column - texts);
    }

    const byte = line * this.#perLine + place;
    return line >= 0 && place >= 0 && place < this.#perLine && byte < this.#bytes.length ? byte : -1;
  }

  #hover(event) {
    const byte = this.#byteAt(event);
    if (byte !== this.#hovered) {
      this.#hovered = byte;
      this.#say(byte);
    }
  }

  #say(byte) {
    const said = byte >= 0 ? `byte ${byte} (0x${byte.toString(16)}): ${this.#describe(this.#buffer, byte) ?? 'data'}`
      : this.#on ? `bytes ${this.#on.at} to ${this.#on.at + this.#on.length - 1}, ${this.#on.length} chosen` : `${this.#bytes.length} bytes`;
    fill(this.#foot, said);
  }

  #click(event) {
    const byte = this.#byteAt(event);
    if (byte >= 0 && getSelection().isCollapsed) {
      this.#choose(this.#buffer, byte);
    }
  }

  #key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.#perLine, ArrowUp: -this.#perLine };
    if (event.key in steps && !event.ctrlKey && !event.altKey && !event.metaKey && this.#bytes.length > 0) {
      event.preventDefault();
      const from = this.#on ? (steps[event.key] > 0 ? this.#on.at + this.#on.length - 1 : this.#on.at) : -1;
      this.#choose(this.#buffer, Math.max(0, Math.min(this.#bytes.length - 1, from + steps[event.key])));
    }
  }
}
