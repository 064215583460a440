// Which conversation a panel shows: the one in the address, else that of the packet chosen.

import * as place from './place.js';

/** { proto, number } or null. */
export function streamOf(row) {
  const said = /^(tcp|udp):(\d+)$/.exec(place.at('stream') ?? '');
  if (said) {
    return { proto: said[1], number: Number(said[2]) };
  }

  return row?.tcp !== undefined ? { proto: 'tcp', number: row.tcp } : row?.udp !== undefined ? { proto: 'udp', number: row.udp } : null;
}

export const same = (one, other) => one?.proto === other?.proto && one?.number === other?.number;

export const filterOf = stream => `${stream.proto}.stream == ${stream.number}`;
