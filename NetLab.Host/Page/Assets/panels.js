// What is known of the packet chosen, of its conversation, and of the capture: a panel each, by its name in the address.

import * as follow from './follow.js';
import * as ladder from './ladder.js';
import * as graphs from './graphs.js';
import * as conversations from './conversations.js';
import * as exchanges from './exchanges.js';
import * as statistics from './statistics.js';

/** The modules; details are the view's own. */
export const panels = { details: null, follow, ladder, graphs, conversations, exchanges, statistics };

export const titles = { details: 'Details', follow: 'Follow', ladder: 'Ladder', graphs: 'Graphs', conversations: 'Conversations', exchanges: 'Exchanges', statistics: 'Statistics' };
