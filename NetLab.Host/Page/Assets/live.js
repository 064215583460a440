// The live lab: two ends and a link in virtual time. What is clicked becomes link text, and the transfer is run again: its past is the same.

import { el, fill, later, svg } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { bytes } from './units.js';
import { chart, token } from './charts.js';
import { copy } from './experiments.js';

const knobs = [
  { name: 'delay', title: 'delay, one way', unit: 'ms', min: 0, max: 300, step: 1, value: 40 },
  { name: 'jitter', title: 'jitter', unit: 'ms', min: 0, max: 100, step: 1, value: 0 },
  { name: 'loss', title: 'loss', unit: '%', min: 0, max: 30, step: 0.1, value: 0 },
  { name: 'rate', title: 'rate (0: no limit)', unit: 'M', min: 0, max: 100, step: 0.5, value: 2 },
  { name: 'queue', title: 'queue', unit: 'K', min: 4, max: 256, step: 4, value: 64 },
];
const what = { drop: 'kill', hold: 'delay', copy: 'duplicate', damage: 'corrupt' };

export function open(main, say) { return new Live(main, say); }

class Live {
  #say; #data = null; #now = 0; #playing = false; #last = 0; #speed = 0.1; #steps = []; #faults = []; #base = {}; #round = 0; #closed = false; #charts = []; #menu = null; #frame = 0; #asked = null; #zoom = 0.5;
  #inputs = new Map(); #wire; #clock; #playButton; #seek; #ends; #log; #command; #faultList; #congestion; #size; #seed; #fields;

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
    this.#faultList = el('ul', { class: 'laws' });
    this.#command = el('code', { id: 'live-command' });
    const left = el('section', { 'aria-label': 'Link' }, el('h2', {}, 'Link'), el('p', { class: 'muted' }, 'A slider moved while time has passed changes the link from that moment on.'),
      el('div', { class: 'knobs' }, sliders, el('label', {}, el('span', {}, 'congestion control'), el('span'), this.#congestion), el('label', {}, el('span', {}, 'bytes to send'), el('span'), this.#size), el('label', {}, el('span', {}, 'seed'), el('span'), this.#seed)),
      el('h3', {}, 'What was done'), this.#faultList, el('h3', {}, 'The same as a command'),
      el('div', { class: 'command' }, this.#command, el('button', { type: 'button', onclick: () => copy(this.#command.textContent, say) }, 'Copy')));
    this.#playButton = el('button', { type: 'button', class: 'main', onclick: () => this.#play(!this.#playing) }, 'Play');
    this.#clock = el('output', { class: 'mono', 'aria-label': 'Time' });
    this.#seek = el('input', { type: 'range', min: 0, max: 1000, value: 0, 'aria-label': 'Time', oninput: () => { this.#play(false); this.#goTo(this.#end * this.#seek.value / 1000); } });
    this.#seek.style.flex = '1';
    const speed = el('select', { 'aria-label': 'Speed', onchange: () => { this.#speed = Number(speed.value); } }, [['1', 'real time'], ['0.3', '3 × slower'], ['0.1', '10 × slower'], ['0.03', '30 × slower'], ['0.01', '100 × slower'], ['4', '4 × faster']].map(([v, t]) => el('option', { value: v, selected: v === '0.1' }, t)));
    const zoom = el('select', { 'aria-label': 'Time in sight', onchange: () => { this.#zoom = Number(zoom.value); this.#draw(); } }, [['0.1', '100 ms in sight'], ['0.25', '250 ms in sight'], ['0.5', '500 ms in sight'], ['1', '1 s in sight'], ['3', '3 s in sight']].map(([v, t]) => el('option', { value: v, selected: v === '0.5' }, t)));
    this.#wire = svg('svg', { class: 'wire', role: 'group', 'aria-label': 'Packets between client and server' });
    const middle = el('section', { 'aria-label': 'Packets' }, el('div', { class: 'bar' }, this.#playButton,
      el('button', { type: 'button', 'aria-label': 'Back to the event before', title: 'back (,)', onclick: () => this.#step(-1) }, '◂|'), el('button', { type: 'button', 'aria-label': 'On to the next event', title: 'on (.)', onclick: () => this.#step(1) }, '|▸'),
      el('button', { type: 'button', onclick: again }, 'From the start'), this.#clock, this.#seek, speed, zoom), el('p', { class: 'muted' }, 'Click a packet: kill, delay, duplicate or corrupt it. Space plays, . and , step.'), this.#wire);
    this.#ends = el('table', { class: 'table' });
    this.#log = el('pre', { class: 'talk', role: 'log', 'aria-label': 'Event log', tabindex: '0' });
    this.#fields = el('div');
    const right = el('section', { 'aria-label': 'Ends' }, el('h2', {}, 'Ends'), this.#ends, this.#fields, el('h3', {}, 'Event log'), this.#log);
    fill(main, el('div', { class: 'live' }, left, middle, right));
    this.#read();
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(middle);
    document.addEventListener('pointerdown', this.#outside);
    this.#restart();
  }

  #resize;

  #outside = event => {
    if (this.#menu && !this.#menu.contains(event.target)) {
      this.#closeMenu();
    }
  };

  get #end() { return (this.#data?.end ?? 0) + 0.02; }

  close() {
    this.#closed = true;
    this.#playing = false;
    this.#asked?.abort();
    this.#resize.disconnect();
    this.#closeMenu();
    document.removeEventListener('pointerdown', this.#outside);
    this.#charts.forEach(c => c.close());
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
      case 'Escape': this.#closeMenu(); return true;
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
      }
    } catch {
      this.#say('the address holds no session that makes sense', true);
    }

    this.#keepBase();
  }

  #keepBase() {
    this.#base = Object.fromEntries([...this.#inputs].map(([name, { input }]) => [name, input.value]));
  }

  #words(values) {
    return [`delay=${values.delay}ms`, values.jitter > 0 ? `jitter=${values.jitter}ms` : null, values.loss > 0 ? `loss=${values.loss}%` : null, values.rate > 0 ? `rate=${values.rate}M` : null, values.rate > 0 ? `queue=${values.queue}K` : null].filter(Boolean);
  }

  #settings() {
    const faults = this.#faults.map(f => `${f.from === 'a' ? 'up' : 'down'}.${f.what}=${f.kind}#${f.ordinal}${f.what === 'hold' ? `/${f.hold}ms` : ''}`);
    const schedule = this.#steps.map(s => `${Number(s.at.toFixed(6))}s: ${s.words}`).join('; ');
    return {
      link: [...this.#words(this.#base), ...faults].join(','), schedule: schedule || null, congestion: this.#congestion.value,
      bytes: { K: 1024, M: 1048576 }[this.#size.value.at(-1)] * parseInt(this.#size.value, 10), seed: Number(this.#seed.value) || 0,
    };
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
      const isPlain = this.#faults.length === 0 && this.#steps.length === 0;
      place.go({ session: isPlain ? null : JSON.stringify({ base: this.#base, faults: this.#faults, steps: this.#steps, congestion: this.#congestion.value, size: this.#size.value, seed: this.#seed.value }) }, true);
      this.#list();
      this.#graph();
      this.#draw();
      this.#say(`${data.segments.length} segments in ${data.end.toFixed(3)} s of virtual time, ${bytes(data.delivered)} delivered${data.more ? '; there is more than is shown' : ''}`);
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#say(error.message, true);
      }
    }
  }

  #restart() {
    this.#steps = this.#now > 0 ? [] : this.#steps;
    this.#keepBase();
    this.#now = 0;
    this.#run();
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

    this.#run();
  }

  #list() {
    const rows = [
      ...this.#faults.map((f, i) => el('li', {}, el('button', { type: 'button', class: 'plain', 'aria-label': 'Undo', onclick: () => { this.#faults.splice(i, 1); this.#run(); } }, '×'),
        el('span', { class: 'mono' }, `${f.from === 'a' ? 'up' : 'down'}.${f.what}=${f.kind}#${f.ordinal}${f.what === 'hold' ? `/${f.hold}ms` : ''}`))),
      ...this.#steps.map((s, i) => el('li', {}, el('button', { type: 'button', class: 'plain', 'aria-label': 'Undo', onclick: () => { this.#steps.splice(i, 1); this.#run(); } }, '×'), el('span', { class: 'mono' }, `${s.at.toFixed(3)}s: ${s.words}`))),
    ];
    fill(this.#faultList, rows.length ? rows : el('li', {}, el('span'), el('span', { class: 'muted' }, 'nothing yet')));
  }

  #play(on) {
    if (on && this.#now >= this.#end) {
      this.#now = 0;
    }

    this.#playing = on;
    this.#playButton.textContent = on ? 'Pause' : 'Play';
    this.#last = 0;
    if (on) {
      requestAnimationFrame(t => this.#tick(t));
    }
  }

  #tick(time) {
    if (!this.#playing || this.#closed) {
      return;
    }

    if (this.#last && this.#data) {
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
    const width = this.#wire.parentElement?.clientWidth - 26;
    if (!data || !(width > 0)) {
      return;
    }

    const height = Math.max(320, Math.min(1400, this.#wire.parentElement.clientHeight - 120));
    const now = this.#now;
    const until = Math.max(now + this.#zoom * 0.08, this.#zoom);
    const from = until - this.#zoom;
    const y = t => 30 + (t - from) / this.#zoom * (height - 40);
    const [left, right] = [86, width - 24];
    const shown = data.segments.filter(s => s.sent <= now && s.sent >= from - 1.5 && Math.max(s.sent, Math.min(now, s.arrives ?? s.sent + 0.02)) >= from);
    const places = [];
    const lines = shown.slice(-160).map(s => this.#flight(s, now, y, left, right, places));
    this.#wire.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#wire.setAttribute('height', height);
    const ticks = [];
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find(s => this.#zoom / s <= 12);
    for (let t = Math.max(0, Math.ceil(from / step) * step); t <= until; t += step) {
      ticks.push(svg('text', { class: 'time', x: 4, y: y(t) + 4 }, `${t.toFixed(2)} s`));
    }

    const changes = this.#steps.filter(s => s.at >= from && s.at <= until).map(s => svg('g', {}, svg('line', { class: 'now', x1: left, x2: right, y1: y(s.at), y2: y(s.at) }), svg('text', { x: left + 6, y: y(s.at) - 3, class: 'time' }, s.words)));
    fill(this.#wire, ticks, svg('text', { x: left, y: 16, 'text-anchor': 'middle' }, 'client'), svg('text', { x: right, y: 16, 'text-anchor': 'end', dx: 20 }, 'server'),
      svg('line', { class: 'post', x1: left, x2: left, y1: 24, y2: height }), svg('line', { class: 'post', x1: right, x2: right, y1: 24, y2: height }), changes, lines,
      svg('line', { class: 'now', x1: left - 10, x2: right + 10, y1: y(now), y2: y(now) }));
    this.#clock.textContent = `${now.toFixed(4)} s`;
    this.#seek.value = this.#end > 0 ? Math.round(1000 * now / this.#end) : 0;
    this.#state(now);
    for (const c of this.#charts) {
      c.plot?.redraw(false);
    }
  }

  #flight(s, now, y, left, right, places) {
    const isUp = s.from === 'a';
    const [x1, x2] = isUp ? [left, right] : [right, left];
    const away = s.left ?? s.sent;
    const arrives = s.arrives ?? away + Math.max(0.005, Number(this.#base.delay) / 2000);
    const share = Math.min(1, Math.max(0, (now - s.sent) / Math.max(1e-9, arrives - s.sent))) * (s.dropped ? 0.5 : 1);
    const endTime = s.dropped ? Math.min(now, s.sent + (arrives - s.sent)) : Math.min(now, arrives);
    const [ex, ey] = [x1 + (x2 - x1) * share, y(endTime)];
    const isFlying = now < arrives;
    const isDead = s.dropped && !isFlying;
    const name = `${s.kind}#${s.ordinal}`;
    const range = s.len > 0 ? ` ${s.seq}–${s.seq + s.len}` : s.kind === 'ACK' ? ` ${s.ack}` : '';

    // Labels that would cover one another are left out; the line and its title say the same.
    const labelY = y(s.sent) + (isUp ? -2 : -2);
    const hasRoom = !places.some(p => p.isUp === isUp && Math.abs(p.y - labelY) < 13);
    if (hasRoom) {
      places.push({ isUp, y: labelY });
    }

    const title = `${name}${range}${s.again ? ', again' : ''}: ${s.fate ?? (isFlying ? 'on its way' : 'arrived')}`;
    const group = svg('g', {
      class: `${s.from}${s.dropped ? ' lost' : ''}${s.again ? ' repair' : ''}`, tabindex: '0', role: 'button', 'aria-label': `${isUp ? 'client to server' : 'server to client'}, ${s.sent.toFixed(4)} seconds, ${title}`, 'data-name': `${isUp ? 'up' : 'down'}.${name}`,
      onclick: e => this.#open(s, e.clientX, e.clientY), onkeydown: e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); e.stopPropagation(); const box = group.getBoundingClientRect(); this.#open(s, box.left + box.width / 2, box.top + 10); } },
    },
    svg('title', {}, title), svg('line', { x1, y1: y(s.sent), x2: ex, y2: ey, stroke: 'transparent', 'stroke-width': 14 }), svg('line', { class: 'flight', x1, y1: y(s.sent), x2: ex, y2: ey }),
    isFlying ? svg('circle', { class: 'ball', cx: ex, cy: ey, r: 5.5 }) : isDead ? svg('text', { x: ex, y: ey + 5, 'text-anchor': 'middle', fill: token('--bad') }, '✕') : svg('circle', { class: 'ball', cx: ex, cy: ey, r: 2.5 }),
    hasRoom ? svg('text', { x: isUp ? left + 10 : right - 10, y: labelY, 'text-anchor': isUp ? 'start' : 'end' }, `${name}${range}${s.again ? ' again' : ''}${s.fate && !isFlying ? ` (${s.fate})` : ''}`) : null);
    return group;
  }

  #open(segment, x, y) {
    this.#closeMenu();
    this.#play(false);
    const hold = el('input', { type: 'text', value: '60', size: 4, 'aria-label': 'Milliseconds' });
    const act = (name, value) => {
      this.#faults = this.#faults.filter(f => !(f.from === segment.from && f.kind === segment.kind && f.ordinal === segment.ordinal && f.what === name));
      this.#faults.push({ from: segment.from, kind: segment.kind, ordinal: segment.ordinal, what: name, hold: value });
      this.#closeMenu();

      // What has already arrived is changed where it was still on its way.
      if (segment.arrives !== undefined && this.#now >= segment.arrives) {
        this.#now = (segment.sent + segment.arrives) / 2;
      }

      this.#run();
    };
    this.#menu = el('div', { class: 'menu', role: 'menu', 'aria-label': `${segment.kind}#${segment.ordinal}` }, el('b', { class: 'mono' }, `${segment.kind}#${segment.ordinal}`),
      ['drop', 'copy', 'damage'].map(name => el('button', { type: 'button', role: 'menuitem', 'data-what': name, onclick: () => act(name) }, what[name])),
      el('span', {}, el('button', { type: 'button', role: 'menuitem', 'data-what': 'hold', onclick: () => act('hold', Math.max(1, Math.min(60000, parseInt(hold.value, 10) || 60))) }, 'delay by'), ' ', hold, ' ms'));
    document.body.append(this.#menu);
    const box = this.#menu.getBoundingClientRect();
    this.#menu.style.left = `${Math.max(4, Math.min(innerWidth - box.width - 4, x + 6))}px`;
    this.#menu.style.top = `${Math.max(4, Math.min(innerHeight - box.height - 4, y + 6))}px`;
    this.#menu.addEventListener('keydown', e => {
      const items = [...this.#menu.querySelectorAll('button')];
      if (e.key === 'Escape') {
        this.#closeMenu();
      } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
        e.preventDefault();
        items[(items.indexOf(document.activeElement) + (e.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length].focus();
      }
    });
    this.#menu.querySelector('button').focus();
  }

  #closeMenu() {
    this.#menu?.remove();
    this.#menu = null;
  }

  #state(now) {
    const at = (list, time) => list.findLast(x => time(x) <= now + 1e-12);
    const of = end => ({ state: at(end.states, s => s[0])?.[1] ?? 'CLOSED', ...at(end.samples, s => s.at) });
    const [client, server] = [of(this.#data.client), of(this.#data.server)];
    const flying = this.#data.segments.filter(s => s.sent <= now && !s.dropped && s.arrives > now).length;
    const size = v => (v === undefined ? '–' : bytes(v));
    const time = v => (v === undefined ? '–' : `${v.toFixed(1)} ms`);
    const rows = [['state', e => e.state], ['congestion window', e => size(e.cwnd)], ['slow start up to', e => size(e.ssthresh)], ['in flight', e => size(e.in_flight)], ["peer's window", e => size(e.snd_wnd)], ['smoothed round trip', e => time(e.srtt)], ['retransmission timer', e => time(e.rto)], ['repairs losses', e => (e.repairs ? 'yes' : 'no')]];
    fill(this.#ends, el('thead', {}, el('tr', {}, el('th', {}, `${flying} on the link`), el('th', {}, 'client'), el('th', {}, 'server'))),
      el('tbody', {}, rows.map(([name, show]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, show(client)), el('td', {}, show(server))))));
    let low = 0;
    let high = this.#data.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parseFloat(this.#data.log[middle]) <= now + 5e-7) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    this.#log.textContent = this.#data.log.slice(Math.max(0, low - 40), low).join('\n');
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #graph() {
    this.#charts.forEach(c => c.close());
    const samples = this.#data.client.samples;
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
    const size = v => bytes(Math.round(v));
    const x = { label: 'seconds', format: v => `${Number(v.toFixed(4))}` };
    const click = (plot, event) => this.#goTo(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x'));
    const queue = this.#data.segments.filter(s => s.from === 'a' && s.found !== undefined);
    this.#charts = [
      chart({ title: 'Windows', x, y: { format: size, isBytes: true }, height: 170, data: [samples.map(s => s.at), samples.map(s => s.cwnd), samples.map(s => s.in_flight)], series: [{ label: 'congestion window', color: '--b' }, { label: 'in flight', color: '--a', dash: [4, 3] }], hooks: { draw: [mark] }, onClick: click }),
      chart({ title: 'Round trip', x, y: { format: v => `${Number(v.toFixed(1))} ms` }, height: 140, data: [samples.map(s => s.at), samples.map(s => s.srtt ?? null)], series: [{ label: 'smoothed', color: '--l6' }], hooks: { draw: [mark] }, onClick: click }),
      chart({ title: 'Queue before the line, as each packet found it', x, y: { format: size, isBytes: true }, height: 140, data: [queue.map(s => s.sent), queue.map(s => s.found)], series: [{ label: 'bytes', color: '--l4' }], hooks: { draw: [mark] }, onClick: click }),
    ];
    fill(this.#fields, this.#charts.map(c => c.element));
  }

  /** For tests: the time, and what is shown. */
  get state() { return { now: this.#now, playing: this.#playing }; }
}
