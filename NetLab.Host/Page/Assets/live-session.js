// A transfer on real sockets: what its server tells is gathered into the shape that one in virtual time has, as it happens.

import * as api from './api.js';

export class Session {
  #id = null; #gone = new AbortController(); #zero = Infinity; #places = new Map(); #settings;

  /** What happened so far; `end` is when the last thing did, or will. */
  data = { segments: [], client: { states: [], samples: [] }, server: { states: [], samples: [] }, log: [], end: 0, delivered: 0, more: false };

  /** Why it is over; null as long as it goes on. */
  reason = null;

  /** Begins one; onChange is called after each thing that happened, onEnd when it is over or lost. */
  constructor(settings, onChange, onEnd) {
    this.#settings = settings;
    this.#run(onChange).then(onEnd, error => {
      this.reason ??= error.message;
      onEnd();
    });
  }

  /** Seconds since it began, by the server's clock as far as this one knows it. */
  get now() { return this.reason !== null || this.#zero === Infinity ? this.data.end : Math.max(0, performance.now() / 1000 - this.#zero); }

  /** Drops, copies, holds or damages a datagram that has not arrived. */
  act(segment, act, holdMilliseconds) {
    return api.send('POST', `live/sessions/${this.#id}/acts`, { from: segment.from, number: segment.number, act, ...(act === 'hold' ? { hold_ms: holdMilliseconds } : {}) });
  }

  /** Makes the link another one. */
  change(link) { return api.send('PUT', `live/sessions/${this.#id}/link`, { link }); }

  /** Ends it. */
  stop() {
    this.#gone.abort();
    if (this.#id !== null && this.reason === null) {
      api.remove(`live/sessions/${this.#id}`).catch(() => { /* it was over */ });
    }

    this.reason ??= 'stopped';
  }

  async #run(onChange) {
    const begun = await api.post('live/sessions', this.#settings, this.#gone.signal);
    this.#id = begun.id;
    await api.events(`live/sessions/${this.#id}/events`, {}, this.#gone.signal, (kind, what) => {
      this.#take(kind, what);
      onChange();
    });
    this.reason ??= 'the server has gone';
  }

  #take(kind, what) {
    const data = this.data;
    switch (kind) {
      case 'segment':
      case 'fate': {
        const key = `${what.from}${what.number}`;
        const place = this.#places.get(key);
        if (place === undefined) {
          this.#places.set(key, data.segments.push(what) - 1);
        } else {
          data.segments[place] = what;
        }

        this.#seen(what.left ?? what.sent);
        data.end = Math.max(data.end, what.sent, what.arrives ?? 0);
        break;
      }

      case 'state':
        data[what.end].states.push([what.at, what.state]);
        this.#seen(what.at);
        break;
      case 'sample':
        data[what.end].samples.push(what.sample);
        this.#seen(what.sample.at);
        break;
      case 'log':
        data.log.push(what.line);
        break;
      case 'link':
        this.#seen(what.at);
        break;
      case 'end':
        this.reason = what.reason;
        [data.delivered, data.more] = [what.delivered, what.more];
        data.end = Math.max(data.end, data.segments.length === 0 ? what.at : 0);
        data.log.sort((a, b) => parseFloat(a) - parseFloat(b));
        break;
      default:
        break;
    }
  }

  // Nothing is heard of before it happens: the earliest that it can have begun is the best guess of when it did.
  #seen(at) {
    this.#zero = Math.min(this.#zero, performance.now() / 1000 - at);
    this.data.end = Math.max(this.data.end, at);
  }
}
