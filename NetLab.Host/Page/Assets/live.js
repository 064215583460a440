// The live lab: two ends and a link. In virtual time what is clicked becomes link text, and the transfer is run again: its past is the same. On real
// sockets it happens once, and what is clicked befalls the packet on its way.

import { el, fill, later } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { bytes } from './units.js';
import { copy } from './experiments.js';
import { knobs, linkWords, settingsOf, commandOf, lineOf } from './live-settings.js';
import { Session } from './live-session.js';
import { Wire } from './live-wire.js';
import { Ends } from './live-ends.js';
import { PacketMenu } from './live-menu.js';

const modes = { virtual: 'virtual time', tcp: "real sockets, NetLab's TCP", udp: 'real sockets, UDP' };
const nothing = { segments: [], client: { states: [], samples: [] }, server: { states: [], samples: [] }, log: [], end: 0 };

export function open(main, say) { return new Live(main, say); }

class Live {
  #say; #data = null; #now = 0; #playing = false; #last = 0; #speed = 0.1; #steps = []; #faults = []; #base = {}; #round = 0; #closed = false; #frame = 0; #asked = null; #zoom = 0.5; #session = null;
  #inputs = new Map(); #clock; #playButton; #seek; #command; #copyButton; #faultList; #congestion; #size; #seed; #mode; #speedBox;
  #menu = new PacketMenu();
  #wire = new Wire((segment, x, y) => this.#open(segment, x, y));
  #ends = new Ends(time => this.#look(time));

  constructor(main, say) {
    this.#say = say;
    const change = later(120, () => this.#changed());
    const sliders = knobs.map(k => {
      const shown = el('output', { class: 'mono' });
      const input = el('input', { type: 'range', min: k.min, max: k.max, step: k.step, value: k.value, 'aria-label': k.title, oninput: () => { show(); change(); } });
      const show = () => { shown.textContent = k.name === 'rate' && input.value === '0' ? 'no limit' : `${input.value}${k.name === 'rate' ? ' Mbit/s' : k.name === 'queue' ? ' KiB' : ` ${k.unit}`}`; };
      show();
      this.#inputs.set(k.name, { input, show });
      return el('label', {}, el('span', {}, k.title), shown, input);
    });
    const again = () => this.#restart();
    this.#congestion = el('select', { onchange: again }, ['cubic', 'reno', 'bbr'].map(c => el('option', {}, c)));
    this.#size = el('select', { onchange: again }, ['16K', '64K', '256K', '1M'].map(c => el('option', { selected: c === '64K' }, c)));
    this.#seed = el('input', { type: 'text', value: '1', size: 4, onchange: again });
    this.#mode = el('select', { id: 'live-mode', onchange: again }, Object.entries(modes).map(([value, text]) => el('option', { value }, text)));
    this.#faultList = el('ul', { class: 'laws' });
    this.#command = el('code', { id: 'live-command' });
    this.#copyButton = el('button', { type: 'button', onclick: () => copy(this.#command.textContent, say) }, 'Copy');
    const left = el('section', { 'aria-label': 'Link' }, el('h2', {}, 'Link'), el('p', { class: 'muted' }, 'A slider moved while time has passed changes the link from that moment on.'),
      el('div', { class: 'knobs' }, el('label', {}, el('span', {}, 'runs in'), el('span'), this.#mode), sliders, el('label', {}, el('span', {}, 'congestion control'), el('span'), this.#congestion), el('label', {}, el('span', {}, 'bytes to send'), el('span'), this.#size), el('label', {}, el('span', {}, 'seed'), el('span'), this.#seed)),
      el('h3', {}, 'What was done'), this.#faultList, el('h3', {}, 'The same as a command'),
      el('div', { class: 'command' }, this.#command, this.#copyButton));
    this.#playButton = el('button', { type: 'button', class: 'main', onclick: () => this.#play(!this.#playing) }, 'Play');
    this.#clock = el('output', { class: 'mono', 'aria-label': 'Time' });
    this.#seek = el('input', { type: 'range', min: 0, max: 1000, value: 0, 'aria-label': 'Time', oninput: () => this.#look(this.#end * this.#seek.value / 1000) });
    this.#seek.style.flex = '1';
    const speed = el('select', { 'aria-label': 'Speed', onchange: () => { this.#speed = Number(speed.value); } }, [['1', 'real time'], ['0.3', '3 × slower'], ['0.1', '10 × slower'], ['0.03', '30 × slower'], ['0.01', '100 × slower'], ['4', '4 × faster']].map(([v, t]) => el('option', { value: v, selected: v === '0.1' }, t)));
    this.#speedBox = speed;
    const zoom = el('select', { 'aria-label': 'Time in sight', onchange: () => { this.#zoom = Number(zoom.value); this.#draw(); } }, [['0.1', '100 ms in sight'], ['0.25', '250 ms in sight'], ['0.5', '500 ms in sight'], ['1', '1 s in sight'], ['3', '3 s in sight'], ['10', '10 s in sight']].map(([v, t]) => el('option', { value: v, selected: v === '0.5' }, t)));
    const middle = el('section', { 'aria-label': 'Packets' }, el('div', { class: 'bar' }, this.#playButton,
      el('button', { type: 'button', 'aria-label': 'Back to the event before', title: 'back (,)', onclick: () => this.#step(-1) }, '◂|'), el('button', { type: 'button', 'aria-label': 'On to the next event', title: 'on (.)', onclick: () => this.#step(1) }, '|▸'),
      el('button', { type: 'button', onclick: again }, 'From the start'), this.#clock, this.#seek, speed, zoom), el('p', { class: 'muted' }, 'Click a packet, or choose it with w, the arrows and Enter: kill, delay, duplicate or corrupt it. Space plays, . and , step, c copies the command.'), this.#wire.element);
    const right = el('section', { 'aria-label': 'Ends' }, this.#ends.elements);
    fill(main, el('div', { class: 'live' }, left, middle, right));
    this.#read();
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(middle);
    this.#restart();
  }

  #resize;

  get #end() { return (this.#data?.end ?? 0) + 0.02; }

  get #isReal() { return this.#mode.value !== 'virtual'; }

  close() {
    this.#closed = true;
    this.#playing = false;
    this.#asked?.abort();
    this.#session?.stop();
    this.#resize.disconnect();
    this.#menu.close();
    this.#ends.close();
  }

  key(event) {
    switch (event.key) {
      case ' ':
        if (event.target.closest('button, [tabindex="0"]') && event.target !== document.body) {
          return false;
        }

        this.#play(!this.#playing);
        return true;
      case '.': this.#step(1); return true;
      case ',': this.#step(-1); return true;
      case 'Escape': this.#menu.close(true); return true;
      case 'c': copy(this.#command.textContent, this.#say); return true;
      case 'w': this.#wire.focus(); return true;
      default: return false;
    }
  }

  // The address holds a session: link, what changed when, what was done to packets.
  #read() {
    try {
      const kept = JSON.parse(place.at('session') ?? 'null');
      if (kept) {
        this.#faults = kept.faults ?? [];
        this.#steps = kept.steps ?? [];
        for (const [name, value] of Object.entries(kept.base ?? {})) {
          const known = this.#inputs.get(name);
          if (known) {
            known.input.value = value;
            known.show();
          }
        }

        this.#congestion.value = kept.congestion ?? 'cubic';
        this.#size.value = kept.size ?? '64K';
        this.#seed.value = kept.seed ?? '1';
        this.#mode.value = modes[kept.mode] ? kept.mode : 'virtual';
      }
    } catch {
      this.#say('the address holds no session that makes sense', true);
    }

    this.#keepBase();
  }

  #keepBase() {
    this.#base = Object.fromEntries([...this.#inputs].map(([name, { input }]) => [name, input.value]));
  }

  #settings() {
    return settingsOf(this.#base, this.#faults, this.#steps, { congestion: this.#congestion.value, size: this.#size.value, seed: this.#seed.value });
  }

  async #run() {
    const turn = ++this.#round;
    this.#asked?.abort();
    this.#asked = new AbortController();
    try {
      const data = await api.post('live', this.#settings(), this.#asked.signal);
      if (turn !== this.#round || this.#closed) {
        return;
      }

      this.#data = data;
      fill(this.#command, data.command);
      this.#keep();
      this.#list();
      this.#ends.graph(data);
      this.#draw();
      this.#say(`${data.segments.length} segments in ${data.end.toFixed(3)} s of virtual time, ${bytes(data.delivered)} delivered${data.more ? '; there is more than is shown' : ''}`);
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#say(error.message, true);
      }
    }
  }

  #keep() {
    const isPlain = this.#faults.length === 0 && this.#steps.length === 0 && !this.#isReal;
    place.go({ session: isPlain ? null : JSON.stringify({ base: this.#base, faults: this.#faults, steps: this.#steps, congestion: this.#congestion.value, size: this.#size.value, seed: this.#seed.value, mode: this.#mode.value }) }, true);
  }

  #restart() {
    this.#session?.stop();
    this.#session = null;
    this.#steps = this.#now > 0 ? [] : this.#steps;
    this.#keepBase();
    this.#now = 0;
    this.#speedBox.disabled = this.#isReal;
    this.#congestion.disabled = this.#mode.value === 'udp';
    if (!this.#isReal) {
      this.#run();
      return;
    }

    // It begins when it is played: it happens once.
    this.#asked?.abort();
    this.#round++;
    this.#data = nothing;
    this.#tellCommand();
    this.#play(false);
    this.#keep();
    this.#list();
    this.#ends.graph(nothing);
    this.#draw();
  }

  // Real time has no second time; what was done there can be done again in virtual time.
  #tellCommand() {
    const isStream = this.#mode.value === 'tcp';
    fill(this.#command, isStream ? commandOf(this.#settings()) : 'there is none over UDP');
    this.#copyButton.hidden = !isStream;
  }

  // Real sockets: what is asked for is asked for at once, and what was done before the beginning is in the link.
  #begin() {
    this.#session?.stop();
    const { link, congestion, bytes: size, seed } = this.#settings();
    let drawn = 0;
    const session = new Session({ link, congestion, bytes: size, seed, transport: this.#mode.value }, () => {
      // Charts are drawn anew now and then: their course is what one looks at, not each point.
      if (session === this.#session && performance.now() - drawn > 500) {
        drawn = performance.now();
        this.#ends.graph(session.data);
      }
    }, () => {
      if (session !== this.#session || this.#closed) {
        return;
      }

      this.#play(false);
      this.#now = this.#end;
      this.#ends.graph(session.data);
      this.#draw();
      const isGood = session.reason === 'finished';
      this.#say(isGood ? `${session.data.segments.length} packets in ${session.data.end.toFixed(3)} s, ${bytes(session.data.delivered)} delivered${session.data.more ? '; there is more than is shown' : ''}` : `it ended: ${session.reason}`, !isGood);
    });
    this.#session = session;
    this.#data = session.data;
  }

  // At the beginning a slider says what the link is; later it says what it becomes.
  #changed() {
    const values = Object.fromEntries([...this.#inputs].map(([name, { input }]) => [name, input.value]));
    if (this.#now < 1e-6) {
      this.#base = values;
    } else {
      this.#steps = this.#steps.filter(s => s.at < this.#now - 1e-6);
      const before = this.#steps.at(-1)?.values ?? this.#base;
      const words = [];
      for (const k of knobs) {
        if (values[k.name] !== before[k.name]) {
          words.push(`${k.name}=${values[k.name]}${k.unit}`);
        }
      }

      if (words.length === 0) {
        return;
      }

      if (values.rate === '0' && before.rate !== '0') {
        this.#say('a line cannot lose its rate in the middle: from the start it can', true);
        this.#inputs.get('rate').input.value = before.rate;
        this.#inputs.get('rate').show();
        return;
      }

      this.#steps.push({ at: this.#now, words: words.filter(w => !w.startsWith('queue') || values.rate !== '0').join(','), values });
    }

    if (!this.#isReal) {
      this.#run();
      return;
    }

    this.#tellCommand();
    this.#keep();
    this.#list();
    if (this.#session?.reason === null) {
      this.#session.change(linkWords(values).join(',')).catch(error => this.#say(error.message, true));
    }
  }

  #list() {
    const undo = (list, i) => { list.splice(i, 1); if (this.#isReal) { this.#tellCommand(); this.#keep(); this.#list(); } else { this.#run(); } };
    const rows = [
      ...this.#faults.map((f, i) => el('li', {}, el('button', { type: 'button', class: 'plain', 'aria-label': 'Undo', onclick: () => undo(this.#faults, i) }, '×'),
        el('span', { class: 'mono' }, lineOf(f)))),
      ...this.#steps.map((s, i) => el('li', {}, el('button', { type: 'button', class: 'plain', 'aria-label': 'Undo', onclick: () => undo(this.#steps, i) }, '×'), el('span', { class: 'mono' }, `${s.at.toFixed(3)}s: ${s.words}`))),
    ];
    fill(this.#faultList, rows.length ? rows : el('li', {}, el('span'), el('span', { class: 'muted' }, 'nothing yet')));
  }

  #play(on) {
    if (on && this.#isReal && (this.#session === null || this.#session.reason !== null)) {
      if (this.#session !== null) {
        this.#restart();
      }

      this.#begin();
    } else if (on && this.#now >= this.#end) {
      this.#now = 0;
    }

    this.#playing = on;
    this.#playButton.textContent = this.#isReal ? (on ? 'Stop looking' : this.#session?.reason === null ? 'Look on' : 'Start') : on ? 'Pause' : 'Play';
    this.#last = 0;
    if (on) {
      requestAnimationFrame(t => this.#tick(t));
    }
  }

  #tick(time) {
    if (!this.#playing || this.#closed) {
      return;
    }

    if (this.#isReal) {
      this.#now = this.#session.now;
      this.#paint();
    } else if (this.#last && this.#data) {
      this.#now = Math.min(this.#end, this.#now + (time - this.#last) / 1000 * this.#speed);
      this.#paint();
      if (this.#now >= this.#end) {
        this.#play(false);
        return;
      }
    }

    this.#last = time;
    requestAnimationFrame(t => this.#tick(t));
  }

  #look(time) {
    this.#play(false);
    this.#goTo(time);
  }

  #goTo(time) {
    this.#now = Math.max(0, Math.min(this.#end, time));
    this.#draw();
  }

  #step(direction) {
    this.#play(false);
    const times = [...new Set((this.#data?.segments ?? []).flatMap(s => [s.sent, s.arrives]).filter(t => t !== undefined))].sort((a, b) => a - b);
    const next = direction > 0 ? times.find(t => t > this.#now + 1e-9) : times.findLast(t => t < this.#now - 1e-9);
    this.#goTo(next ?? (direction > 0 ? this.#end : 0));
  }

  #draw() {
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => { this.#frame = 0; this.#paint(); });
    }
  }

  #paint() {
    const data = this.#data;
    if (!data) {
      return;
    }

    this.#wire.draw(data, this.#now, this.#zoom, Number(this.#base.delay) / 1000, this.#steps);
    this.#clock.textContent = `${this.#now.toFixed(4)} s`;
    this.#seek.value = this.#end > 0 ? Math.round(1000 * this.#now / this.#end) : 0;
    this.#ends.show(data, this.#now);
  }

  #open(segment, x, y) {
    this.#play(false);
    this.#menu.offer(`${segment.kind}#${segment.ordinal}`, x, y, (act, hold) => {
      const fault = { from: segment.from, kind: segment.kind, ordinal: segment.ordinal, what: act, hold };
      const others = this.#faults.filter(f => !(f.from === segment.from && f.kind === segment.kind && f.ordinal === segment.ordinal && f.what === act));
      if (this.#isReal) {
        this.#act(segment, act, hold, [...others, fault]);
        return;
      }

      this.#faults = [...others, fault];

      // What has already arrived is changed where it was still on its way.
      if (segment.arrives !== undefined && this.#now >= segment.arrives) {
        this.#now = (segment.sent + segment.arrives) / 2;
      }

      this.#run();
    });
  }

  async #act(segment, act, hold, faults) {
    try {
      await this.#session.act(segment, act, hold);
      this.#faults = faults;
      this.#tellCommand();
      this.#keep();
      this.#list();
    } catch (error) {
      this.#say(error.message, true);
    }

    if (this.#session?.reason === null) {
      this.#play(true);
    }
  }

  /** For tests: the time, and what is shown. */
  get state() { return { now: this.#now, playing: this.#playing }; }
}
