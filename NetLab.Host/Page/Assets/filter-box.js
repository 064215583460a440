// The filter: checked as it is typed, completed, and applied with Enter.

import { el, fill, later } from './dom.js';
import * as api from './api.js';

export class FilterBox {
  #apply; #input; #why; #list; #choices = []; #chosen = -1; #asked = null; #word = null; #turn = 0;

  /** @param apply told of an expression that makes sense, or of an empty one. */
  constructor(apply) {
    this.#apply = apply;
    this.#input = el('input', {
      type: 'text', 'aria-label': 'Display filter', placeholder: 'tcp.port == 80 and http', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off',
      role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'filter-choices', id: 'filter',
    });
    this.#why = el('div', { class: 'why', role: 'alert', hidden: true });
    this.#list = el('ul', { class: 'choices', role: 'listbox', id: 'filter-choices', 'aria-label': 'Completions', hidden: true });
    this.element = el('div', { class: 'filter', 'data-state': 'empty' }, this.#input, this.#why, this.#list);
    const complete = later(60, () => this.#complete());
    this.#input.addEventListener('input', () => { this.#narrow(); this.#check(); complete(); });
    this.#input.addEventListener('keydown', e => this.#key(e));
    this.#input.addEventListener('blur', () => setTimeout(() => this.#close(), 150));
    this.#list.addEventListener('mousedown', e => {
      e.preventDefault();
      const item = e.target.closest('li');
      if (item) {
        this.#take(Number(item.dataset.index));
      }
    });
  }

  get value() { return this.#input.value.trim(); }

  focus() { this.#input.focus(); this.#input.select(); }

  /** Shows an expression, as one that was applied. */
  show(expression) {
    if (this.value !== expression) {
      this.#input.value = expression;
      this.#check();
    }
  }

  async #check() {
    this.#asked?.abort();
    const control = this.#asked = new AbortController();
    const expression = this.value;
    try {
      const answer = await api.get('check', { filter: expression }, control.signal);
      this.#state(expression === '' ? 'empty' : answer.ok ? 'good' : 'wrong', answer.ok ? null : `at character ${answer.at + 1}: ${answer.error}`);
      return answer.ok;
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#state('wrong', error.message);
      }

      return false;
    }
  }

  #state(state, why) {
    this.element.dataset.state = state;
    this.#input.setAttribute('aria-invalid', state === 'wrong');
    this.#why.hidden = !why || !this.#list.hidden;
    fill(this.#why, why ?? '');
  }

  async #complete() {
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    const value = /([a-z][\w.]*)\s*(?:==|!=|eq|ne)\s*([\w]*)$/i.exec(before);
    const name = /([a-z][\w.]*)$/i.exec(before);
    const query = value ? { field: value[1], prefix: value[2] } : name ? { prefix: name[1] } : null;
    if (!query || document.activeElement !== this.#input) {
      this.#close();
      return;
    }

    const turn = ++this.#turn;
    const word = value ? value[2] : name[1];
    try {
      const answer = await api.get('complete', query);
      if (turn !== this.#turn) {
        return;
      }

      this.#word = word;
      const isKnown = answer.completions.length === 1 && answer.completions[0].text === word;
      this.#choices = isKnown ? [] : answer.completions;
    } catch {
      this.#choices = [];
    }

    this.#chosen = -1;
    this.#open();
  }

  // Until the server has said what goes on from here, only what still fits is offered.
  #narrow() {
    const word = /([a-z][\w.]*)$/i.exec(this.#input.value.slice(0, this.#input.selectionStart))?.[1];
    if (this.#choices.length > 0 && word?.startsWith(this.#word)) {
      this.#turn++;
      this.#word = word;
      this.#choices = this.#choices.filter(c => c.text.toLowerCase().startsWith(word.toLowerCase()));
      this.#chosen = -1;
      this.#open();
    } else {
      this.#close();
    }
  }

  #open() {
    this.#list.hidden = this.#choices.length === 0;
    this.#why.hidden = !this.#list.hidden || !this.#why.textContent;
    this.#input.setAttribute('aria-expanded', !this.#list.hidden);
    fill(this.#list, this.#choices.map((c, i) => el('li', { role: 'option', id: `choice-${i}`, 'data-index': i, 'aria-selected': i === this.#chosen },
      el('span', { class: 'mono' }, c.text), el('span', { class: 'about' }, c.about))));
    if (this.#chosen >= 0) {
      this.#input.setAttribute('aria-activedescendant', `choice-${this.#chosen}`);
      this.#list.children[this.#chosen].scrollIntoView({ block: 'nearest' });
    } else {
      this.#input.removeAttribute('aria-activedescendant');
    }
  }

  #close() {
    this.#turn++;
    this.#choices = [];
    this.#open();
  }

  #take(index) {
    const caret = this.#input.selectionStart;
    const start = caret - this.#word.length;
    const text = this.#choices[index].text;
    this.#input.setRangeText(text, start, caret, 'end');
    this.#close();
    this.#check();
  }

  async #key(event) {
    const isOpen = !this.#list.hidden;
    if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.#chosen = (this.#chosen + step + this.#choices.length) % this.#choices.length;
      this.#open();
    } else if (isOpen && (event.key === 'Tab' || (event.key === 'Enter' && this.#chosen >= 0))) {
      event.preventDefault();
      this.#take(Math.max(0, this.#chosen));
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (isOpen) {
        this.#close();
      } else {
        this.#input.blur();
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#close();
      const expression = this.value;
      if (await this.#check() && expression === this.value) {
        this.#apply(expression);
      }
    }
  }
}
