// What stands where no capture is open: how to open one, and which are waited for.

import { el, fill } from './dom.js';

export class Waiting {
  #said = null; #open;

  /** @param open lets the user choose a file. */
  constructor(open) {
    this.#open = open;
    this.element = el('div', { class: 'empty', hidden: true });
  }

  /** Says which captures are waited for: pipes that have brought nothing yet. */
  show(names) {
    if (names.join('\n') !== this.#said) {
      this.#said = names.join('\n');
      fill(this.element, names.length ? names.map(name => el('p', {}, `Waiting for packets: ${name} …`)) : el('p', {}, 'No capture is open.'),
        el('p', {}, 'Drop a pcap or pcapng file here, or ', el('button', { type: 'button', onclick: this.#open }, 'Open …')),
        el('p', {}, 'From a terminal: ', el('code', {}, 'nlab ui FILE'), ', and live: ', el('code', {}, 'nlab capture eth0 -w - | nlab ui -')));
    }
  }
}
