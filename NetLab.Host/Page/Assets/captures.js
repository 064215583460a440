// Captures: the list, the layers and bytes of the packet chosen, and what is known of its conversation.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { bytes, count, span } from './units.js';
import { PacketList } from './packet-list.js';
import { FrameTree, rangeOf } from './frame-tree.js';
import { BytePane } from './byte-pane.js';
import { FilterBox } from './filter-box.js';
import { FileDrop } from './file-drop.js';
import { SaveMenu } from './save-menu.js';
import { Waiting } from './waiting.js';
import { Timeline } from './timeline.js';
import { panels, titles } from './panels.js';

export function open(main, say) {
  return new Captures(main, say);
}

class Captures {
  #say; #capture = null; #captures = []; #filter = ''; #frame = null; #number = 0; #closed = false; #panel = ''; #opened = null; #asked = null; #searching = 0; #row = null; #shownFilter = null; #turn = 0;
  #list; #tree; #bytes; #box; #timeline; #chooser; #notice; #tabs; #details; #other; #saveAs; #element; #empty; #note; #newest; #main; #files;

  constructor(main, say) {
    this.#say = say;
    this.#list = new PacketList((skip, limit, signal) => this.#rows(skip, limit, signal), row => this.#choose(row));
    this.#tree = new FrameTree((path, node) => this.#chooseField(path, node), expression => this.filterBy(expression));
    this.#bytes = new BytePane((buffer, byte) => this.#chooseByte(buffer, byte), (buffer, byte) => this.#ownerName(buffer, byte));
    this.#box = new FilterBox(expression => { place.go({ filter: expression }); this.#list.focus(); });
    this.#timeline = new Timeline(n => this.#goTo(n));
    this.#chooser = el('select', { 'aria-label': 'Capture', onchange: () => place.go({ capture: this.#chooser.value, packet: null, field: null, filter: null, stream: null }) });
    this.#saveAs = new SaveMenu(() => this.#capture && { capture: this.#capture.id, filter: this.#filter, text: this.#shownText() }, say);
    this.#files = new FileDrop(main, files => this.#upload(files));
    this.#note = el('button', { type: 'button', onclick: () => this.#editNote(), disabled: true }, 'Note …');
    this.#newest = el('button', { type: 'button', 'aria-pressed': false, hidden: true, title: 'Keep the newest packets in sight', onclick: () => this.#followNewest(!this.#list.atEnd) }, '● Live');
    const bar = el('div', { class: 'bar' }, this.#chooser, el('button', { type: 'button', onclick: () => this.#files.choose() }, 'Open …'), this.#box.element,
      el('button', { type: 'button', onclick: () => { this.#box.show(''); place.go({ filter: null }); } }, 'Clear'), this.#saveAs.element, this.#note, this.#newest);
    this.#notice = el('div', { class: 'notice', role: 'status', hidden: true });
    this.#tabs = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Panels' }, Object.keys(panels).map(name => el('button', {
      type: 'button', role: 'tab', 'data-panel': name, 'aria-selected': 'false', onclick: () => place.go({ panel: name === 'details' ? null : name }),
    }, titles[name])));
    this.#tabs.addEventListener('keydown', e => this.#tabKey(e));
    this.#details = el('div', { class: 'details', role: 'tabpanel', 'aria-label': 'Details' }, el('section', { 'aria-label': 'Layers' }, this.#tree.element), el('section', { 'aria-label': 'Bytes' }, this.#bytes.element));
    this.#other = el('div', { class: 'panel', role: 'tabpanel', hidden: true });
    this.#empty = new Waiting(() => this.#files.choose());
    const middle = el('div', { class: 'notices' }, this.#notice);
    this.#element = el('div', { class: 'captures' }, bar, middle, this.#list.element, this.#timeline.element, this.#tabs, this.#details, this.#other);
    fill(main, this.#files.element, this.#empty.element, this.#element);
    this.#main = main;
    this.#poll();
  }

  close() {
    this.#closed = true;
    this.#asked?.abort();
    this.#opened?.close?.();
    this.#saveAs.close();
    this.#files.close();
  }

  key(event) {
    switch (event.key) {
      case '/': this.#box.focus(); return true;
      case 'l': this.#list.focus(); return true;
      case 't': case 'b': place.go({ panel: null }); (event.key === 't' ? this.#tree : this.#bytes).focus(); return true;
      case 's': this.#saveAs.offer(); return true;
      case 'ArrowDown': case 'ArrowUp': case 'PageDown': case 'PageUp': case 'Home': case 'End':
        // Before anything has the focus, the keys are the list's.
        return (event.target === document.body || event.target === this.#main) && this.#list.key(event);
      case 'n': this.#list.choose(this.#list.index + 1); return true;
      case 'p': this.#list.choose(this.#list.index - 1); return true;
      case 'g': {
        const number = prompt('Go to packet');
        if (number && Number(number) > 0) {
          this.#goTo(Number(number));
        }

        return true;
      }

      case '[': case ']': this.#nextPanel(event.key === ']' ? 1 : -1); return true;

      default: return false;
    }
  }

  #nextPanel(step) {
    const names = Object.keys(panels);
    const next = names[(names.indexOf(this.#panel) + step + names.length) % names.length];
    place.go({ panel: next === 'details' ? null : next });
  }

  // Tabs are one stop of the Tab key, and arrows go between them.
  #tabKey(event) {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      event.preventDefault();
      this.#nextPanel(event.key === 'ArrowRight' ? 1 : -1);
      this.#tabs.querySelector('[aria-selected="true"]').focus();
    }
  }

  /** What panels need of the rest. */
  get capture() { return this.#capture?.id; }
  get row() { return this.#row; }
  goTo(number) { this.#goTo(number); }
  filterBy(expression) {
    place.go({ filter: expression });
    this.#box.show(expression);
  }

  say(text, isWrong) { this.#say(text, isWrong); }

  async move() {
    if (!this.#captures.length) {
      return;
    }

    const wanted = this.#captures.find(c => String(c.id) === place.at('capture')) ?? this.#captures.at(-1);
    const filter = place.at('filter') ?? '';
    if (wanted.id !== this.#capture?.id || filter !== this.#shownFilter) {
      if (wanted.id !== this.#capture?.id) {
        // Its packets have the same numbers, and are others.
        this.#number = 0;
      }

      this.#capture = wanted;
      this.#chooser.value = wanted.id;
      this.#filter = this.#shownFilter = filter;
      this.#box.show(filter);
      this.#list.reset();
      this.#list.grow(0);
      this.#searching++;
      await this.#count();
      this.#followNewest(wanted.live && !wanted.complete && !place.at('packet'));
      this.#timeline.show(wanted, this.#filter);
    }

    const number = Number(place.at('packet') ?? 0);
    if (number > 0 && number !== this.#number) {
      await this.#goTo(number, true);
    }

    this.#chooseFirst();

    this.#showPanel(place.at('panel') in panels ? place.at('panel') : 'details');
  }

  // Of a live capture the newest packets are what one looks at, until one looks at another.
  #followNewest(on) {
    const tell = isOn => this.#newest.setAttribute('aria-pressed', isOn);
    this.#list.stayAtEnd(on, () => tell(false));
    tell(on);
  }

  #showPanel(name) {
    if (name !== this.#panel) {
      this.#panel = name;
      this.#opened?.close?.();
      this.#opened = null;
      this.#tabs.querySelectorAll('button').forEach(b => { b.setAttribute('aria-selected', b.dataset.panel === name); b.tabIndex = b.dataset.panel === name ? 0 : -1; });
      this.#tabs.querySelector('[aria-selected="true"]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
      this.#other.setAttribute('aria-label', titles[name]);
      this.#element.dataset.panel = name;
      this.#details.hidden = name !== 'details';
      this.#other.hidden = name === 'details';
      fill(this.#other);
      if (panels[name]) {
        this.#opened = panels[name].open(this.#other, this);
      }
    }

    this.#opened?.move?.(this.#row);
  }

  async #poll() {
    while (!this.#closed) {
      let wait = 1500;
      try {
        const before = this.#captures;
        const answer = await api.get('captures');
        this.#captures = answer.captures;
        if (this.#closed) {
          return;
        }

        this.#empty.show(answer.waiting);
        if (this.#empty.element.hidden === (this.#captures.length === 0) || before.map(c => c.id).join() !== this.#captures.map(c => c.id).join()) {
          fill(this.#chooser, this.#captures.map(c => el('option', { value: c.id }, c.name)));
          this.#empty.element.hidden = this.#captures.length > 0;
          this.#element.hidden = this.#captures.length === 0;
          await this.move();
        }

        const current = this.#captures.find(c => c.id === this.#capture?.id);
        if (current) {
          const grew = current.packets !== this.#capture.packets || current.complete !== this.#capture.complete;
          this.#capture = current;
          this.#tell();
          if (grew) {
            await this.#count();
            this.#timeline.show(current, this.#filter);
            this.#opened?.grown?.();
          }
        }

        wait = answer.waiting.length || this.#captures.some(c => !c.complete) ? 400 : 2500;
      } catch (error) {
        this.#say(error.message, true);
      }

      await new Promise(done => setTimeout(done, wait));
    }
  }

  #shownText() {
    const all = count(this.#capture.packets);
    return this.#filter ? `${count(this.#list.total)} of ${all} packets match` : `${all} packets`;
  }

  #tell() {
    const c = this.#capture;
    this.#notice.hidden = !c.damage;
    fill(this.#notice, c.damage ? `${c.name}: ${c.damage}. What stands before it is shown.` : '');
    const length = c.last_time && c.first_time ? ` in ${span(c.last_time - c.first_time)}` : '';
    this.#newest.hidden = !c.live || c.complete;
    this.#say(`${c.name}: ${this.#shownText()}${length}${c.file_bytes ? `, ${bytes(c.file_bytes)}` : ''}${c.complete ? '' : c.live ? ' so far' : ' … reading'}`);
  }

  // Rows may come after the place: without a packet of its own, it is the first one.
  #chooseFirst() {
    if (!place.at('packet') && this.#list.total > 0 && this.#list.index < 0 && !this.#list.atEnd && (!this.#capture.live || this.#capture.complete)) {
      this.#list.choose(0);
    }
  }

  // How many rows there are; while a filter still looks, asked again.
  async #count() {
    const round = this.#searching;
    for (;;) {
      let answer;
      try {
        answer = await api.get('frames', { capture: this.#capture.id, filter: this.#filter, skip: 0, limit: 0 });
      } catch (error) {
        this.#say(error.message, true);
        return;
      }

      if (round !== this.#searching || this.#closed) {
        return;
      }

      this.#list.grow(answer.total);
      this.#tell();
      this.#chooseFirst();
      if (answer.complete || !this.#filter) {
        if (answer.total === 0 && this.#filter) {
          this.#say(`${this.#capture.name}: no packet matches ${this.#filter}`);
        }

        return;
      }

      await new Promise(done => setTimeout(done, 150));
    }
  }

  async #rows(skip, limit, signal) {
    try {
      const answer = await api.get('frames', { capture: this.#capture.id, filter: this.#filter, skip, limit }, signal);
      this.#list.grow(answer.total);
      return answer;
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#say(error.message, true);
      }

      throw error;
    }
  }

  async #goTo(number, isMove = false) {
    const turn = ++this.#turn;
    const answer = await api.get('frames', { capture: this.#capture.id, filter: this.#filter, skip: 0, limit: 0, near: number });
    if (turn !== this.#turn) {
      // Another packet was chosen while the answer was on its way.
      return;
    }

    this.#list.grow(answer.total);
    if (number > answer.packets) {
      if (!answer.complete) {
        return;
      }

      this.#say(`there is no packet ${number}`, true);
      return;
    }

    this.#list.show(Math.min(answer.place, Math.max(0, answer.total - 1)), number);
    if (isMove || this.#number !== number) {
      place.go({ packet: number, field: isMove ? place.at('field') : null }, true);
      await this.#open(number);
    }
  }

  #choose(row) {
    this.#turn++;
    if (row.n !== this.#number) {
      const field = place.at('field');

      // Known before the address moves: who watches the address would look for the packet again.
      this.#number = row.n;
      place.go({ packet: row.n }, true);
      this.#open(row.n, field);
    }
  }

  async #open(number) {
    this.#number = number;
    this.#asked?.abort();
    const control = this.#asked = new AbortController();
    try {
      const frame = await api.get(`frame/${number}`, { capture: this.#capture.id }, control.signal);
      this.#frame = frame;
      this.#row = frame.row;
      this.#note.disabled = false;
      this.#tree.show(frame);
      this.#tree.element.dataset.packet = `${this.#capture.id}:${number}`;
      this.#bytes.show(frame);
      const field = place.at('field');
      const path = field && this.#tree.find(field);
      if (path) {
        this.#tree.select(path);
        this.#light(path, this.#tree.node(path));
      }

      this.#opened?.move?.(this.#row);
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#say(error.message, true);
      }
    }
  }

  #chooseField(path, node) {
    this.#light(path, node);
    place.go({ field: node.filter ?? null }, true);
  }

  #light(path, node) {
    const layer = this.#frame.layers[path.split('/')[0]];
    if (node === layer) {
      const length = layer.header || layer.length;
      this.#bytes.light(layer.buffer, layer.proto === 'frame' || layer.proto === 'session' || !length ? null : { at: layer.at, length });
    } else {
      this.#bytes.light(layer.buffer, rangeOf(node));
    }
  }

  #chooseByte(buffer, byte) {
    const path = this.#tree.owner(buffer, byte);
    if (path) {
      this.#tree.select(path);
      this.#chooseField(path, this.#tree.node(path));
    } else {
      this.#bytes.light(buffer, { at: byte, length: 1 });
    }
  }

  #ownerName(buffer, byte) {
    const path = this.#tree.owner(buffer, byte);
    if (!path) {
      return null;
    }

    const layer = this.#frame.layers[path.split('/')[0]];
    const node = this.#tree.node(path);
    return node === layer ? layer.title : `${layer.proto} ${node.name}${node.value !== undefined ? ` = ${node.value}` : ''}`;
  }

  async #editNote() {
    const note = prompt(`Note on packet ${this.#number} (kept in the file when it is saved as pcapng)`, this.#frame?.note ?? '');
    if (note !== null) {
      await api.send('PUT', `frame/${this.#number}/note`, { note }, { capture: this.#capture.id });
      const index = this.#list.index;
      this.#list.reset();
      this.#list.show(index, this.#number);
      this.#open(this.#number);
    }
  }

  async #upload(files) {
    for (const file of files) {
      this.#say(`reading ${file.name} …`);
      try {
        const made = await api.upload(file.name, file);
        this.#captures = (await api.get('captures')).captures;
        fill(this.#chooser, this.#captures.map(c => el('option', { value: c.id }, c.name)));
        this.#empty.element.hidden = true;
        this.#element.hidden = false;
        this.#number = 0;
        place.go({ capture: made.id, packet: null, field: null, filter: null, stream: null });
      } catch (error) {
        this.#say(`${file.name}: ${error.message}`, true);
      }
    }
  }
}
