// Elements. Whatever comes from a capture becomes text here, and never markup.

/** Makes an element: el('p', { class: 'note', onclick: f }, 'text', child, [more]). */
export function el(name, attributes, ...children) {
  const node = document.createElement(name);
  set(node, attributes);
  append(node, children);
  return node;
}

/** Makes an element of a drawing. */
export function svg(name, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  set(node, attributes);
  append(node, children);
  return node;
}

/** Takes everything out of an element and puts other things in. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected' || name === 'open' || name === 'textContent') {
      node[name] = value;
    } else if (name === 'style') {
      Object.assign(node.style, value);
    } else if (name.startsWith('aria-') && typeof value === 'boolean') {
      // Here "false" says something: closed, and not without an inside.
      node.setAttribute(name, String(value));
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
}

/** Calls a function when nothing more came for a while. */
export function later(milliseconds, action) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
