// The page: which view is shown, the keys that hold everywhere, light and dark.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';

const views = { captures: './captures.js', live: './live.js', experiments: './experiments.js', measurements: './measurements.js' };
const main = document.getElementById('main');
let shown = null;
let current = null;

api.takeToken(place.whole());
place.forget('token');

/** Says something in the line at the bottom, which screen readers read out. */
export function say(text, isWrong = false) {
  const line = document.getElementById('status');
  line.textContent = text;
  line.classList.toggle('wrong', isWrong);
}

async function show() {
  const name = place.at('view') in views ? place.at('view') : 'captures';
  if (name !== shown) {
    shown = name;
    current?.close?.();
    current = null;
    document.querySelectorAll('.views a').forEach(a => {
      if (a.dataset.view === name) {
        a.setAttribute('aria-current', 'page');
      } else {
        a.removeAttribute('aria-current');
      }
    });
    document.title = `NetLab: ${document.querySelector(`.views a[data-view="${name}"]`).textContent}`;
    fill(main);
    say('');
    const module = await import(views[name]);
    if (shown === name) {
      current = module.open(main, say);
      current.move?.(place.whole());
    }
  } else {
    current?.move?.(place.whole());
  }
}

const keys = document.getElementById('keys');
fill(keys, el('h2', { id: 'keys-title' }, 'Keys'),
  el('dl', {}, [
    ['/', 'filter'], ['Enter', 'apply the filter; in the tree, filter by the field chosen'], ['↑ ↓ Page Home End', 'from packet to packet, from field to field'],
    ['l t b', 'to the list, the layers, the bytes'], ['n p', 'next and previous packet, wherever one is'], ['s', 'save what is shown'], ['← →', 'close and open what is in the tree; byte by byte'], ['g', 'go to a packet by its number'], ['w', 'live lab: to the packets on the link'], ['Space . ,', 'live lab: play and pause, on and back by an event'], ['c', 'copy the command that does the same'],
    ['[ ]', 'previous and next panel: details, follow, ladder …'], ['1 2 3 4', 'captures, live lab, experiments, measurements'], ['Esc', 'out of the filter, out of this'], ['?', 'this help'],
  ].map(([key, meaning]) => [el('dt', {}, key.split(' ').map(k => [el('kbd', {}, k), ' '])), el('dd', {}, meaning)])),
  el('form', { method: 'dialog' }, el('button', { class: 'main', value: 'close' }, 'Close')));

const isTyping = target => target.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]');

addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || keys.open) {
    return;
  }

  const names = Object.keys(views);
  if (event.key === '?') {
    keys.showModal();
  } else if (names[Number(event.key) - 1]) {
    place.go({ view: names[Number(event.key) - 1] });
  } else if (!current?.key?.(event)) {
    return;
  }

  event.preventDefault();
});
document.getElementById('help').addEventListener('click', () => keys.showModal());

document.getElementById('theme').addEventListener('click', () => {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme ?? (isDark ? 'dark' : 'light');
  setTheme(now === 'dark' ? 'light' : 'dark');
});

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem('nlab-theme', theme); } catch { /* it holds as long as the page */ }
  dispatchEvent(new Event('themechange'));
}

try {
  const kept = localStorage.getItem('nlab-theme');
  if (kept === 'dark' || kept === 'light') {
    document.documentElement.dataset.theme = kept;
  }
} catch { /* as the system has it */ }

document.querySelectorAll('.views a').forEach(a => a.addEventListener('click', event => {
  event.preventDefault();
  place.go({ view: a.dataset.view });
}));

addEventListener('unhandledrejection', event => {
  if (event.reason?.name !== 'AbortError') {
    say(event.reason?.message ?? String(event.reason), true);
  }
});
place.onMove(show);
show();
