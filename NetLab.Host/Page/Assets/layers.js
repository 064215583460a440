// The seven layers: a colour each, the terminal's own, and the digit that says the same without colour.

export const names = ['', 'physical', 'data link', 'network', 'transport', 'session', 'presentation', 'application'];

export const css = layer => `l${layer}`;

export const title = layer => `layer ${layer}: ${names[layer]}`;
