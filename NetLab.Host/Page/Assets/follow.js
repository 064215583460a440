// The bytes of a conversation, side by side in two colours.

import { el, fill } from './dom.js';
import * as api from './api.js';
import * as place from './place.js';
import { count } from './units.js';
import { filterOf, same, streamOf } from './stream-choice.js';

// So much text is in the document; the rest is paged.
const page = 64 << 10;
const perSpan = 900;

export function open(panel, captures) {
  let stream = null;
  let skip = 0;
  let round = 0;
  const sides = el('select', { 'aria-label': 'Sides', onchange: again }, el('option', { value: 'both' }, 'both sides'), el('option', { value: 'a' }, 'client only'), el('option', { value: 'b' }, 'server only'));
  const form = el('select', { 'aria-label': 'As', onchange: load }, el('option', { value: 'text' }, 'as text'), el('option', { value: 'hex' }, 'as hex'));
  const layer = el('select', { 'aria-label': 'Bytes of', onchange: again, hidden: true }, el('option', { value: 'false' }, 'as sent'), el('option', { value: 'true' }, 'decrypted'));
  const title = el('b');
  const previous = el('button', { type: 'button', onclick: () => { skip = Math.max(0, skip - page); load(); } }, '‹ before');
  const next = el('button', { type: 'button', onclick: () => { skip += page; load(); } }, 'on ›');
  const where = el('span', { class: 'muted' });
  const save = as => el('button', { type: 'button', onclick: () => api.save(`follow/${stream.number}`, { capture: captures.capture, proto: stream.proto, side: sides.value, decrypted: layer.value, as }) }, as === 'raw' ? 'Save bytes' : 'Save text');
  const text = el('pre', { class: 'talk', tabindex: '0', 'aria-label': 'Conversation' });
  text.addEventListener('click', e => {
    const n = e.target.closest('[data-n]')?.dataset.n;
    if (n && getSelection().isCollapsed) {
      captures.goTo(Number(n));
    }
  });
  const tools = el('div', { class: 'bar' }, title, sides, form, layer, previous, next, where, el('span', { class: 'grow' }),
    el('button', { type: 'button', onclick: () => stream && captures.filterBy(filterOf(stream)) }, 'Filter by it'), save('raw'), save('text'));
  fill(panel, tools, el('div', { class: 'scroll' }, text));

  function again() {
    skip = 0;
    load();
  }

  async function load() {
    const turn = ++round;
    if (!stream) {
      fill(text, 'This packet belongs to no conversation of TCP or UDP.');
      return;
    }

    const answer = await api.get(`follow/${stream.number}`, { capture: captures.capture, proto: stream.proto, side: sides.value, decrypted: layer.value, skip, limit: page });
    if (turn !== round) {
      return;
    }

    layer.hidden = !answer.has_decrypted && layer.value === 'false';
    fill(title, `${stream.proto} ${stream.number}`);
    title.title = `${answer.a} and ${answer.b}`;
    previous.disabled = skip === 0;
    next.disabled = !answer.more;
    fill(where, `${count(answer.bytes)} bytes from ${count(skip)} · `, el('span', { class: 'bad' }, `▸ ${answer.a}`), ' ', el('span', {}, `◂ ${answer.b}`));
    const decoders = { a: new TextDecoder(), b: new TextDecoder() };
    const offsets = { a: 0, b: 0 };
    let spans = 0;
    fill(text, answer.chunks.map(chunk => {
      if (chunk.missing) {
        return el('span', { class: 'hole' }, `[${chunk.missing} bytes are missing in the capture]\n`);
      }

      if (++spans > perSpan) {
        return spans === perSpan + 1 ? '\n… more of it on the next page' : null;
      }

      const bytes = Uint8Array.from(atob(chunk.bytes), c => c.charCodeAt(0));
      const shown = form.value === 'hex' ? hex(bytes, offsets[chunk.side]) : visible(decoders[chunk.side].decode(bytes, { stream: true }));
      offsets[chunk.side] += bytes.length;
      return el('span', { class: chunk.side, 'data-n': chunk.n, title: `packet ${chunk.n}` }, shown.endsWith('\n') ? shown : `${shown}\n`);
    }));
    if (answer.chunks.length === 0) {
      fill(text, 'Nothing was said.');
    }
  }

  return {
    move(row) {
      const wanted = streamOf(row);
      if (!same(wanted, stream)) {
        stream = wanted;
        layer.value = 'false';
        again();
      }
    },
    close() { round++; },
  };
}

/** Controls and marks of direction as escapes: a conversation must not turn its own text around. */
export function visible(text) {
  return text.replace(/\r\n/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    c => (c.charCodeAt(0) < 0x100 ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

function hex(bytes, offset) {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 16) {
    const part = bytes.subarray(i, i + 16);
    const digits = [...part].map(b => b.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const characters = [...part].map(b => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·')).join('');
    lines.push(`${(offset + i).toString(16).padStart(8, '0')}  ${digits}  ${characters}`);
  }

  return `${lines.join('\n')}\n`;
}
