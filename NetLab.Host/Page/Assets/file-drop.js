// Files brought in: dropped on a view, or chosen.

import { el } from './dom.js';

export class FileDrop {
  #over;

  /** @param over what files are dropped on. @param take told of the files. */
  constructor(over, take) {
    this.#over = over;
    this.element = el('input', { type: 'file', hidden: true, multiple: true, 'aria-label': 'Files to open', onchange: () => { take([...this.element.files]); this.element.value = ''; } });
    over.ondragover = e => { e.preventDefault(); over.classList.add('drop'); };
    over.ondragleave = () => over.classList.remove('drop');
    over.ondrop = e => { e.preventDefault(); over.classList.remove('drop'); take([...e.dataTransfer.files]); };
  }

  /** Lets the user choose. */
  choose() { this.element.click(); }

  close() { this.#over.ondragover = this.#over.ondragleave = this.#over.ondrop = null; }
}
