// What may be done to a packet: a small menu beside it.

import { el } from './dom.js';
import { Menu } from './menu.js';

export const acts = { drop: 'kill', copy: 'duplicate', damage: 'corrupt', hold: 'delay by' };

export class PacketMenu extends Menu {
  /** Opens it; onAct(act, milliseconds) is called for what is chosen. */
  offer(name, x, y, onAct) {
    const hold = el('input', { type: 'text', value: '60', size: 4, 'aria-label': 'Milliseconds', inputmode: 'numeric' });
    const choose = act => { this.close(true); onAct(act, act === 'hold' ? Math.max(1, Math.min(60000, parseInt(hold.value, 10) || 60)) : undefined); };
    hold.addEventListener('keydown', e => e.key === 'Enter' && choose('hold'));
    this.open(name, x + 6, y + 6, el('b', { class: 'mono' }, name),
      ['drop', 'copy', 'damage'].map(act => el('button', { type: 'button', role: 'menuitem', 'data-what': act, onclick: () => choose(act) }, acts[act])),
      el('span', {}, el('button', { type: 'button', role: 'menuitem', 'data-what': 'hold', onclick: () => choose('hold') }, acts.hold), ' ', hold, ' ms'));
  }
}
