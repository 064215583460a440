// The sequence graph of a TCP stream, with tcptrace's marks, and round trip, throughput and bytes in flight.

import { el, fill } from './dom.js';
import * as api from './api.js';
import { bytes, rate, span } from './units.js';
import { chart, token } from './charts.js';
import { same, streamOf } from './stream-choice.js';

const repairs = new Set(['retransmission', 'fast_retransmission', 'spurious_retransmission']);

export function open(panel, captures) {
  let stream = null;
  let round = 0;
  let charts = [];
  let known = null;
  const side = el('select', { 'aria-label': 'Data of', onchange: draw }, el('option', { value: 'a' }, 'what the client sent'), el('option', { value: 'b' }, 'what the server sent'));
  const title = el('b');
  const holder = el('div', { class: 'charts' });
  fill(panel, el('div', { class: 'bar' }, title, side, el('span', { class: 'muted' }, 'drag to zoom, double click to zoom out, click a mark to go to its packet')), el('div', { class: 'scroll' }, holder));

  async function load() {
    const turn = ++round;
    if (!stream || stream.proto !== 'tcp') {
      known = null;
      clear();
      fill(holder, el('p', { class: 'empty' }, 'This packet belongs to no TCP stream.'));
      return;
    }

    const answer = await api.get(`sequence/${stream.number}`, { capture: captures.capture });
    if (turn !== round) {
      return;
    }

    known = answer;
    const sent = { a: 0, b: 0 };
    answer.len.forEach((length, i) => { sent[answer.from[i]] += length; });
    side.value = sent.b > sent.a ? 'b' : 'a';
    fill(title, `tcp ${stream.number}`);
    draw();
  }

  function clear() {
    charts.forEach(c => c.close());
    charts = [];
  }

  function draw() {
    clear();
    if (!known) {
      return;
    }

    const own = side.value;
    const marks = new Map(known.marks.map(([i, ...names]) => [i, names]));
    const sack = new Map(known.sack.map(([i, ...edges]) => [i, edges]));
    const first = known.since[0] ?? 0;
    const time = i => (known.since[i] - first) / 1e9;
    charts = [sequence(own, time, marks, sack), flight(own, time), roundTrips(own, time), throughput(own, time)];
    fill(holder, charts.map(c => c.element), known.more ? el('p', { class: 'hint' }, 'The first 100,000 segments.') : null);
  }

  const secondsOf = value => `${Number(value.toFixed(6))} s`;
  const x = { label: 'seconds since the first segment', value: secondsOf };

  function sequence(own, time, marks, sack) {
    // Segments are drawn by hand over two invisible lines that give the scales.
    const segments = [];
    const steps = [];
    const columns = [[], [], []];
    let acknowledged = null;
    let edge = null;
    known.n.forEach((n, i) => {
      const at = time(i);
      if (known.from[i] === own) {
        if (known.len[i] > 0) {
          segments.push({ n, at, from: known.seq[i], to: known.seq[i] + known.len[i], isRepair: (marks.get(i) ?? []).some(m => repairs.has(m)), isLate: (marks.get(i) ?? []).includes('out_of_order') });
          columns[0].push(at);
          columns[1].push(known.seq[i] + known.len[i]);
          columns[2].push(acknowledged);
        }
      } else {
        acknowledged = known.ack[i];
        edge = known.ack[i] + known.window[i];
        steps.push({ n, at, acknowledged, edge, sack: sack.get(i) });
        columns[0].push(at);
        columns[1].push(null);
        columns[2].push(acknowledged);
      }
    });
    const made = chart({
      title: 'Sequence numbers', hint: '│ segment, ┃ retransmission (R), green ACK line, yellow window, purple SACK', height: 380, x, data: columns,
      y: { label: 'bytes', format: v => bytes(Math.round(v)), isBytes: true, zoom: true },
      series: [{ label: 'sent to', color: '--b', paths: () => null, points: { show: false } }, { label: 'acknowledged', color: '--l4', paths: () => null, points: { show: false } }],
      hooks: { draw: [plot => paint(plot, segments, steps)] },
      onClick: (plot, event) => {
        const box = plot.over.getBoundingClientRect();
        const [px, py] = [event.clientX - box.left, event.clientY - box.top];
        let best = null;
        let distance = 400;
        const look = (n, at, from, to) => {
          const dx = plot.valToPos(at, 'x') - px;
          const [top, low] = [plot.valToPos(to, 'y'), plot.valToPos(from, 'y')];
          const dy = py < top ? top - py : py > low ? py - low : 0;
          if (dx * dx + dy * dy < distance) {
            [best, distance] = [n, dx * dx + dy * dy];
          }
        };
        segments.forEach(s => look(s.n, s.at, s.from, s.to));
        steps.forEach(s => look(s.n, s.at, s.acknowledged, s.acknowledged));
        if (best) {
          captures.goTo(best);
        }
      },
    });
    return made;
  }

  function paint(plot, segments, steps) {
    const draw = plot.ctx;
    const scale = devicePixelRatio || 1;
    const [px, py] = [v => plot.valToPos(v, 'x', true), v => plot.valToPos(v, 'y', true)];
    draw.save();
    draw.beginPath();
    draw.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
    draw.clip();
    const stair = (color, value) => {
      draw.strokeStyle = token(color);
      draw.lineWidth = scale;
      draw.beginPath();
      let last = null;
      for (const step of steps) {
        const y = py(value(step));
        if (last !== null) {
          draw.lineTo(px(step.at), last);
        }

        draw.lineTo(px(step.at), y);
        last = y;
      }

      if (last !== null) {
        draw.lineTo(plot.bbox.left + plot.bbox.width, last);
      }

      draw.stroke();
    };
    stair('--l5', s => s.edge);
    stair('--l4', s => s.acknowledged);
    draw.strokeStyle = token('--l6');
    draw.lineWidth = 2 * scale;
    for (const step of steps) {
      for (let i = 0; i + 1 < (step.sack?.length ?? 0); i += 2) {
        draw.beginPath();
        draw.moveTo(px(step.at), py(step.sack[i]));
        draw.lineTo(px(step.at), py(step.sack[i + 1]));
        draw.stroke();
      }
    }

    const [plain, repair] = [token('--b'), token('--bad')];
    draw.font = `${11 * scale}px system-ui, sans-serif`;
    for (const segment of segments) {
      const at = px(segment.at);
      const [top, low] = [py(segment.to), py(segment.from)];
      draw.strokeStyle = segment.isRepair ? repair : plain;
      draw.lineWidth = (segment.isRepair ? 2.5 : 1.5) * scale;
      draw.beginPath();
      draw.moveTo(at, low);
      draw.lineTo(at, Math.min(top, low - 2));
      draw.moveTo(at - 2 * scale, low);
      draw.lineTo(at + 2 * scale, low);
      draw.moveTo(at - 2 * scale, top);
      draw.lineTo(at + 2 * scale, top);
      draw.stroke();
      if (segment.isRepair || segment.isLate) {
        draw.fillStyle = repair;
        draw.fillText(segment.isRepair ? 'R' : 'O', at - 3 * scale, top - 4 * scale);
      }
    }

    draw.restore();
  }

  function line(title, label, format, color, points) {
    return chart({ title, x, y: { label, format, isBytes: label === 'bytes' }, height: 200, data: [points.map(p => p[0]), points.map(p => p[1])], series: [{ label, color, points: { show: points.length < 60, size: 4 } }] });
  }

  function flight(own, time) {
    const points = known.n.flatMap((_, i) => (known.from[i] === own && known.in_flight[i] !== null ? [[time(i), known.in_flight[i]]] : []));
    return line('Bytes in flight', 'bytes', v => bytes(Math.round(v)), '--b', points);
  }

  function roundTrips(own, time) {
    const points = known.n.flatMap((_, i) => (known.from[i] !== own && known.rtt[i] !== null ? [[time(i), known.rtt[i]]] : []));
    return line('Round trip, by acknowledgments', 'time', v => span(v), '--l6', points);
  }

  function throughput(own, time) {
    const last = time(known.n.length - 1) || 1e-6;
    const step = last / 100;
    const sums = new Array(100).fill(0);
    known.n.forEach((_, i) => {
      if (known.from[i] === own) {
        sums[Math.min(99, Math.floor(time(i) / step))] += known.len[i];
      }
    });
    return line('Throughput', 'rate', v => rate(v), '--l4', sums.map((s, i) => [(i + 0.5) * step, s * 8 / step]));
  }

  return {
    move(row) {
      const wanted = streamOf(row);
      if (!same(wanted, stream)) {
        stream = wanted;
        load();
      }
    },
    close() { round++; clear(); },
  };
}
