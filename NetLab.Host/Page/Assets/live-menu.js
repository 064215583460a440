// What may be done to a packet: a small menu beside it.

import { el } from './dom.js';

export const acts = { drop: 'kill', copy: 'duplicate', damage: 'corrupt', hold: 'delay by' };

export class PacketMenu {
  #element = null;

  get isOpen() { return this.#element !== null; }

  contains(node) { return this.#element?.contains(node) ?? false; }

  /** Opens it; onAct(act, milliseconds) is called for what is chosen. */
  open(name, x, y, onAct) {
    this.close();
    const hold = el('input', { type: 'text', value: '60', size: 4, 'aria-label': 'Milliseconds' });
    const choose = (act, value) => { this.close(); onAct(act, value); };
    const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': name }, el('b', { class: 'mono' }, name),
      ['drop', 'copy', 'damage'].map(act => el('button', { type: 'button', role: 'menuitem', 'data-what': act, onclick: () => choose(act) }, acts[act])),
      el('span', {}, el('button', { type: 'button', role: 'menuitem', 'data-what': 'hold', onclick: () => choose('hold', Math.max(1, Math.min(60000, parseInt(hold.value, 10) || 60))) }, acts.hold), ' ', hold, ' ms'));
    this.#element = menu;
    document.body.append(menu);
    const box = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(innerWidth - box.width - 4, x + 6))}px`;
    menu.style.top = `${Math.max(4, Math.min(innerHeight - box.height - 4, y + 6))}px`;
    menu.addEventListener('keydown', e => {
      const items = [...menu.querySelectorAll('button')];
      if (e.key === 'Escape') {
        this.close();
      } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
        e.preventDefault();
        items[(items.indexOf(document.activeElement) + (e.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length].focus();
      }
    });
    menu.querySelector('button').focus();
  }

  close() {
    this.#element?.remove();
    this.#element = null;
  }
}
