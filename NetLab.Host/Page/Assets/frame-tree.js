// The layers of a packet and their fields, as a tree. What is closed is not in the document.

import { el, fill } from './dom.js';
import { css, names, title } from './layers.js';

// A list of a thousand answers is opened in steps.
const maxChildren = 200;

/** A node's place among the bytes: its own, or all that its children have together. */
export function rangeOf(node) {
  if (node.length > 0 && node.at !== undefined && node.fields === undefined) {
    return { at: node.at, length: node.length };
  }

  let from = Infinity;
  let to = -1;
  for (const child of node.fields ?? []) {
    const range = rangeOf(child);
    if (range) {
      from = Math.min(from, range.at);
      to = Math.max(to, range.at + range.length);
    }
  }

  return to < 0 ? null : { at: from, length: to - from };
}

export class FrameTree {
  #choose; #find; #frame = null; #open = new Set(); #nodes = []; #chosen = null; #shown = new Map();

  /** @param choose told of (layer, path, node). @param find told of an expression to filter by. */
  constructor(choose, find) {
    this.#choose = choose;
    this.#find = find;
    this.element = el('div', { class: 'tree', role: 'tree', tabindex: '0', 'aria-label': 'Layers and fields' });
    this.element.addEventListener('keydown', e => this.#key(e));
    this.element.addEventListener('click', e => this.#click(e));
  }

  focus() {
    this.element.focus({ preventScroll: true });
    if (this.#chosen === null && this.#nodes.length > 0) {
      this.#pick(this.#nodes[0].path);
    }
  }

  show(frame) {
    this.#frame = frame;
    this.#chosen = null;
    this.#shown.clear();
    this.#paint();
  }

  /** Chooses a node by its path such as "4/2/0": the layer's place, the field's, and so on; opens what it is in. */
  select(path, reveal = true) {
    this.#chosen = path;
    const parts = path.split('/');
    for (let i = 1; i < parts.length; i++) {
      this.#open.add(this.#keyOf(parts.slice(0, i)));
    }

    this.#paint();
    if (reveal) {
      // Behind the layout of what is opened together with it.
      requestAnimationFrame(() => this.element.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }));
    }
  }

  get chosen() { return this.#chosen; }

  node(path) { return nodeAt(this.#frame, path); }

  /** The path of the first node of a filter's name, such as tcp.seq; or null. */
  find(name) {
    const look = (nodes, path) => {
      for (let i = 0; i < nodes.length; i++) {
        const at = path === '' ? `${i}` : `${path}/${i}`;
        const inner = (path !== '' && nodes[i].filter === name) || (path === '' && nodes[i].filter === name) ? at : nodes[i].fields ? look(nodes[i].fields, at) : null;
        if (inner) {
          return inner;
        }
      }

      return null;
    };
    return look(this.#frame?.layers ?? [], '');
  }

  /** The deepest node that owns a byte of a buffer; or null. */
  owner(buffer, byte) {
    let best = null;
    let size = Infinity;
    const look = (node, path) => {
      const range = rangeOf(node);
      const isLeaf = node.fields === undefined;
      if (range && isLeaf && byte >= range.at && byte < range.at + range.length && range.length < size) {
        [best, size] = [path, range.length];
      }

      node.fields?.forEach((child, i) => look(child, `${path}/${i}`));
    };
    let layerPath = null;
    this.#frame?.layers.forEach((layer, i) => {
      if (layer.buffer === buffer) {
        layer.fields.forEach((child, j) => look(child, `${i}/${j}`));
        const own = layer.header || layer.length;
        if (layer.proto !== 'frame' && byte >= layer.at && byte < layer.at + own) {
          layerPath = `${i}`;
        }
      }
    });
    return best ?? layerPath;
  }

  #keyOf(parts) {
    // What is open stays open from packet to packet: by the names on the way, not by places.
    const words = [];
    let node = { fields: this.#frame.layers };
    for (const part of parts) {
      node = node.fields?.[part] ?? {};
      words.push(node.proto ?? node.name ?? `#${part}`);
    }

    return words.join('/');
  }

  #paint() {
    const frame = this.#frame;
    this.#nodes = [];
    if (!frame) {
      fill(this.element);
      return;
    }

    const lines = [];
    let shown = 0;
    frame.layers.forEach((layer, i) => {
      for (let absent = shown + 1; absent < layer.osi; absent++) {
        lines.push(this.#absent(absent));
      }

      shown = Math.max(shown, layer.osi);
      lines.push(this.#line(layer, `${i}`, 0));
      this.#children(layer, `${i}`, 1, lines);
    });
    for (let absent = shown + 1; absent <= 7; absent++) {
      lines.push(this.#absent(absent));
    }

    if (frame.stop) {
      lines.push(el('p', { class: 'stop' }, `Decoding stopped at layer ${frame.stop.layer}, byte ${frame.stop.at}: ${frame.stop.reason}`));
    }

    fill(this.element, lines);
    this.element.setAttribute('aria-activedescendant', this.#chosen === null ? '' : `node-${this.#chosen.replaceAll('/', '-')}`);
  }

  #children(node, path, depth, lines) {
    if (!this.#open.has(this.#keyOf(path.split('/')))) {
      return;
    }

    const most = this.#shown.get(path) ?? maxChildren;
    node.fields.slice(0, most).forEach((child, i) => {
      const at = `${path}/${i}`;
      lines.push(this.#line(child, at, depth));
      if (child.fields) {
        this.#children(child, at, depth + 1, lines);
      }
    });
    if (node.fields.length > most) {
      lines.push(el('div', { class: 'node', style: { '--depth': depth } }, el('button', {
        type: 'button', onclick: e => { e.stopPropagation(); this.#shown.set(path, most + maxChildren); this.#paint(); },
      }, `${node.fields.length - most} more`)));
    }
  }

  #absent(layer) {
    return el('div', { class: 'node layer absent', role: 'presentation' }, el('span', { class: 'twist' }), el('span', { class: `chip ${css(layer)}` }, layer), el('span', { class: 'key' }, names[layer]), 'absent');
  }

  #line(node, path, depth) {
    const isLayer = node.proto !== undefined;
    const hasChildren = (node.fields?.length ?? 0) > 0;
    const isOpen = hasChildren && this.#open.has(this.#keyOf(path.split('/')));
    const isChosen = path === this.#chosen;
    this.#nodes.push({ path, hasChildren, isOpen });
    const value = node.value === undefined ? null : el('span', { class: 'value' }, node.value === '' && node.hidden ? '✓' : node.value);
    const line = el('div', {
      class: `node${isLayer ? ' layer' : ''}${node.hidden ? ' hidden-field' : ''}`, role: 'treeitem', id: `node-${path.replaceAll('/', '-')}`, 'data-path': path,
      'aria-level': depth + 1, 'aria-selected': isChosen, 'aria-expanded': hasChildren ? isOpen : null, title: [node.about, node.filter].filter(Boolean).join(' · ') || null,
    },
    el('span', { class: 'twist', 'aria-hidden': 'true' }, hasChildren ? (isOpen ? '▾' : '▸') : ''),
    isLayer ? el('span', { class: `chip ${css(node.osi)}`, title: title(node.osi) }, node.osi) : null,
    el('span', { class: 'key' }, isLayer ? `${node.title}${node.quoted ? ' (quoted)' : ''}${node.part ? ' (a part)' : ''}` : node.name ?? `${Number(path.split('/').at(-1)) + 1}`),
    value, node.meaning ? el('span', { class: 'meaning' }, node.meaning) : null);
    line.style.setProperty('--depth', depth);
    const expression = node.find ?? (isLayer ? node.filter : null);
    if (expression && node.proto !== 'frame' && node.proto !== 'session' && node.proto !== 'data') {
      line.append(el('button', { type: 'button', class: 'find', tabindex: '-1', 'data-find': expression, title: `Filter by ${expression}` }, 'filter by this'));
    }

    return line;
  }

  #click(event) {
    const find = event.target.closest('[data-find]');
    if (find) {
      this.#find(find.dataset.find);
      return;
    }

    const line = event.target.closest('[data-path]');
    if (line) {
      const path = line.dataset.path;
      const known = this.#nodes.find(n => n.path === path);
      if (known.hasChildren && (event.target.closest('.twist') || path === this.#chosen || !known.isOpen)) {
        this.#toggle(path, !known.isOpen);
      }

      this.#pick(path);
      this.element.focus({ preventScroll: true });
    }
  }

  #toggle(path, isOpen) {
    const key = this.#keyOf(path.split('/'));
    if (isOpen) {
      this.#open.add(key);
    } else {
      this.#open.delete(key);
    }
  }

  #pick(path) {
    this.select(path);
    this.#choose(path, this.node(path));
  }

  #key(event) {
    const index = this.#nodes.findIndex(n => n.path === this.#chosen);
    const current = this.#nodes[index];
    const to = i => { event.preventDefault(); this.#pick(this.#nodes[Math.max(0, Math.min(this.#nodes.length - 1, i))].path); };
    if (this.#nodes.length === 0 || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }

    switch (event.key) {
      case 'ArrowDown': to(index + 1); break;
      case 'ArrowUp': to(index - 1); break;
      case 'Home': to(0); break;
      case 'End': to(this.#nodes.length - 1); break;
      case 'ArrowRight':
        if (current?.hasChildren && !current.isOpen) {
          this.#toggle(current.path, true);
          to(index);
        } else if (current?.hasChildren) {
          to(index + 1);
        }

        break;
      case 'ArrowLeft':
        if (current?.isOpen) {
          this.#toggle(current.path, false);
          to(index);
        } else if (current?.path.includes('/')) {
          event.preventDefault();
          this.#pick(current.path.slice(0, current.path.lastIndexOf('/')));
        }

        break;
      case 'Enter': {
        const node = this.#chosen === null ? null : this.node(this.#chosen);
        const expression = node?.find ?? node?.filter;
        if (expression) {
          event.preventDefault();
          this.#find(expression);
        }

        break;
      }

      default: break;
    }
  }
}

export function nodeAt(frame, path) {
  let node = { fields: frame.layers };
  for (const part of path.split('/')) {
    node = node?.fields?.[part];
  }

  return node;
}
