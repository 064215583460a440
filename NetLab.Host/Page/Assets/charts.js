// Charts by uPlot in this page's tokens.

/* global uPlot */
import { el } from './dom.js';

/** The colour that a token has now. */
export function token(name) {
  probe ??= document.body.appendChild(el('i', { hidden: true }));
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

let probe = null;

// Sizes are read by powers of 1024: so are their axes' steps.
const byteSteps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].flatMap((_, i, all) => (i === 0 ? [0, 1, 2, 3].flatMap(power => all.map(step => step * 1024 ** power)) : []));

/** The colours of several lines that the colour-blind tell apart; a dash each says the same. */
export const lines = ['--b', '--a', '--l4', '--l6', '--l5', '--l3', '--l7', '--l1'];
export const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [3, 5], [1, 3], [12, 2]];

/**
 * A chart in a box with a title. series: [{ label, color, points|dash|paths|show… }]; x and y are { label, format }.
 * Returns its element and what ends it.
 */
export function chart({ title, hint, x, y, series, data, height = 240, hooks = {}, scales = {}, onClick }) {
  const holder = el('div');
  const element = el('section', { class: 'chart' }, el('h3', {}, title), hint ? el('p', { class: 'hint' }, hint) : null, holder);
  let plot = null;
  const axis = side => ({
    stroke: token('--muted'), grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line'), width: 1 }, size: side.size ?? 46,
    font: '12px system-ui, sans-serif', labelFont: '12px system-ui, sans-serif',
    ...(side.label ? { label: side.label, labelSize: 18 } : {}), ...(side.format ? { values: (_, values) => values.map(v => (v === null ? '' : side.format(v))) } : {}), ...(side.space ? { space: side.space } : {}), ...(side.splits ? { splits: () => side.splits } : {}), ...(side.isBytes ? { incrs: byteSteps } : {}),
  });
  const build = () => {
    plot?.destroy();
    plot = new uPlot({
      width: Math.max(200, holder.clientWidth), height, legend: { live: true }, cursor: { drag: { x: true, y: !!y.zoom }, focus: { prox: 24 } },
      scales: { x: { time: false }, ...scales }, axes: [{ ...axis(x), size: 34 }, axis({ size: 88, ...y })],
      series: [{ label: x.label, value: (_, v) => (v === null ? '–' : (x.value ?? x.format ?? String)(v)) }, ...series.map(s => ({
        ...s, stroke: token(s.color), fill: s.fill ? token(s.color) : undefined, width: s.width ?? 1.5,
        value: (_, v) => (v === null || v === undefined ? '–' : (y.value ?? y.format ?? String)(v)),
      }))],
      hooks,
    }, data, holder);
    if (onClick) {
      plot.over.addEventListener('click', e => onClick(plot, e));
    }
  };
  const resize = new ResizeObserver(() => {
    if (!plot && holder.clientWidth) {
      build();
    } else if (plot && Math.abs(plot.width - holder.clientWidth) > 2 && holder.clientWidth > 0) {
      plot.setSize({ width: Math.max(200, holder.clientWidth), height });
    }
  });
  resize.observe(holder);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const again = () => plot && build();
  addEventListener('themechange', again);
  scheme.addEventListener('change', again);
  return {
    element,
    get plot() { return plot; },
    set(next) { data = next; plot?.setData(next); },
    close() {
      resize.disconnect();
      removeEventListener('themechange', again);
      scheme.removeEventListener('change', again);
      plot?.destroy();
    },
  };
}
