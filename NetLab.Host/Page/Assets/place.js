// Where one is: the part of the address behind '#', such as #packet=7&field=tcp.seq&filter=tcp.

const listeners = new Set();
let place = new URLSearchParams(location.hash.slice(1));

export const at = name => place.get(name);

/** Goes somewhere: values that are null or empty are left out. Small steps replace the address, large ones can be gone back from. */
export function go(changes, isStep = false) {
  const next = new URLSearchParams(place);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') {
      next.delete(name);
    } else {
      next.set(name, value);
    }
  }

  if (next.toString() === place.toString()) {
    return;
  }

  place = next;
  const address = `#${place}`;
  if (isStep) {
    history.replaceState(null, '', address);
  } else {
    history.pushState(null, '', address);
  }

  tell();
}

/** Drops a name without telling anybody. */
export function forget(name) {
  place.delete(name);
  history.replaceState(null, '', place.size ? `#${place}` : location.pathname);
}

export function onMove(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const whole = () => place;

function tell() {
  for (const listener of [...listeners]) {
    listener(place);
  }
}

function moved() {
  const next = new URLSearchParams(location.hash.slice(1));
  if (next.toString() !== place.toString()) {
    place = next;
    tell();
  }
}

addEventListener('hashchange', moved);
addEventListener('popstate', moved);
