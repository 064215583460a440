// A small menu: arrows walk through it, Escape or a click elsewhere ends it, and the focus goes back to where it was.

import { el } from './dom.js';

export class Menu {
  #element = null; #before = null;

  constructor() {
    document.addEventListener('pointerdown', e => {
      if (!this.contains(e.target)) {
        this.close();
      }
    });
  }

  get isOpen() { return this.#element !== null; }

  contains(node) { return this.#element?.contains(node) ?? false; }

  /** Opens it at a place of the window; the first button gets the focus. */
  open(name, x, y, ...children) {
    this.close();
    this.#before = document.activeElement;
    const menu = this.#element = el('div', { class: 'menu', role: 'menu', 'aria-label': name }, children);
    document.body.append(menu);
    const box = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(innerWidth - box.width - 4, x))}px`;
    menu.style.top = `${Math.max(4, Math.min(innerHeight - box.height - 4, y))}px`;
    menu.addEventListener('keydown', e => this.#key(e));
    menu.querySelector('button').focus();
  }

  close(returnsFocus = false) {
    const before = this.#before;
    this.#element?.remove();
    this.#element = this.#before = null;
    if (returnsFocus && before?.isConnected) {
      before.focus({ preventScroll: true });
    }
  }

  #key(event) {
    const items = [...this.#element.querySelectorAll('button')];
    const to = i => { event.preventDefault(); items[(i + items.length) % items.length].focus(); };
    const at = items.indexOf(document.activeElement);
    event.stopPropagation();
    switch (event.key) {
      case 'Escape': event.preventDefault(); this.close(true); break;
      case 'ArrowDown': to(at + 1); break;
      case 'ArrowUp': to(at < 0 ? items.length - 1 : at - 1); break;
      case 'Home': to(0); break;
      case 'End': to(items.length - 1); break;
      default: break;
    }
  }
}
