// What the page asks its server. The token of the address goes along with every request, and stays out of every URL.

const key = 'nlab-token';

/** Takes the token out of the address, so that it is in no bookmark and no screenshot. */
export function takeToken(fragment) {
  const token = fragment.get('token');
  if (token) {
    try { sessionStorage.setItem(key, token); } catch { /* without storage, the token lives as long as the page */ }
    current = token;
  }
}

let current = null;
try { current = sessionStorage.getItem(key); } catch { /* as above */ }

/** What was asked could not be done; the message is one line for people. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, options = {}) {
  const headers = { ...options.headers };
  if (current) {
    headers.Authorization = `Bearer ${current}`;
  }

  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    throw new ApiError(0, 'nlab does not answer: has it been stopped?');
  }

  if (!response.ok) {
    let detail = `${response.status} ${response.statusText}`;
    try {
      detail = (await response.json()).detail ?? detail;
    } catch { /* no document: the status has to do */ }
    throw new ApiError(response.status, detail);
  }

  return response;
}

/** Makes a path with a query of those values that are there. */
export function path(name, query = {}) {
  const words = new URLSearchParams();
  for (const [word, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') {
      words.set(word, value);
    }
  }

  const text = words.toString();
  return text ? `${name}?${text}` : name;
}

export async function get(name, query, signal) {
  return (await request(path(name, query), { signal })).json();
}

export async function send(method, name, body, query) {
  const response = await request(path(name, query), { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}

export const upload = (name, file) => uploadTo('captures', name, file);

export async function uploadTo(resource, name, file) {
  return (await request(path(resource, { name }), { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file })).json();
}

export async function remove(name) {
  await request(name, { method: 'DELETE' });
}

/** The bytes of an answer, as a part of the page such as a picture. */
export async function blob(name, query) {
  return (await request(path(name, query))).blob();
}

/** Saves an answer as a file. */
export async function save(name, query) {
  const response = await request(path(name, query));
  const said = response.headers.get('Content-Disposition') ?? '';
  const file = /filename="?([^";]+)/.exec(said)?.[1] ?? 'nlab';
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Server-sent events, by fetch, since EventSource sends no token. Returns when the stream ends. */
export async function events(name, query, signal, onEvent) {
  const response = await request(path(name, query), { signal, headers: { Accept: 'text/event-stream' } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }

    rest += value;
    let end;
    while ((end = rest.indexOf('\n\n')) >= 0) {
      const lines = rest.slice(0, end).split('\n');
      rest = rest.slice(end + 2);
      const data = lines.filter(l => l.startsWith('data:')).map(l => l.slice(5).trimStart()).join('\n');
      const kind = lines.find(l => l.startsWith('event:'))?.slice(6).trim() ?? 'message';
      if (data) {
        onEvent(kind, JSON.parse(data));
      }
    }
  }
}

/** A POST that can be given up. */
export async function post(name, body, signal) {
  return (await request(name, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal })).json();
}
