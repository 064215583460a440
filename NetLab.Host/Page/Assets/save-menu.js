// What is shown, saved: as packets, rows or decode.

import { el } from './dom.js';
import * as api from './api.js';
import { Menu } from './menu.js';

const forms = { pcapng: 'packets as pcapng', csv: 'rows as CSV', json: 'decode as JSON Lines' };

export class SaveMenu {
  #menu = new Menu(); #shown; #say;

  /** @param shown what is shown: { capture, filter, text }, or null for nothing. */
  constructor(shown, say) {
    [this.#shown, this.#say] = [shown, say];
    this.element = el('button', { type: 'button', 'aria-haspopup': 'menu', title: 'Save what is shown (s)', onclick: () => this.offer() }, 'Save …');
  }

  offer() {
    const box = this.element.getBoundingClientRect();
    this.#menu.open('Save what is shown', box.left, box.bottom + 2,
      Object.entries(forms).map(([form, text]) => el('button', { type: 'button', role: 'menuitem', 'data-form': form, onclick: () => { this.#menu.close(true); this.#save(form); } }, text)));
  }

  close() { this.#menu.close(); }

  async #save(form) {
    const shown = this.#shown();
    if (shown) {
      this.#say('saving …');
      await api.save('save', { capture: shown.capture, filter: shown.filter, as: form });
      this.#say(`saved: ${shown.text}`);
    }
  }
}
