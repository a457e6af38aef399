// @ts-check
/**
 * Keeps the page as the room is: new posts appear, changed ones change, lists reorder. The page is whole without
 * this script. The protocol is described in docs/realtime.md, the attributes it reads in the same place.
 */

import { arrive, paused, settle, startTaking } from "./arrivals.js";
import { Channel } from "./channel.js";
import { isOpen, send, start, wake } from "./connection.js";
import { fetchSoon } from "./fetching.js";
import { channelsOfPage, numberOf } from "./page.js";

/** @typedef {import("./channel.js").Frame} Frame */

const FAILURES_UNTIL_FETCHING = 3; // then the page also catches up over plain HTTP at every attempt
const FETCH_WITHIN = 1_000;

/** @type {Map<string, Channel>} */
const channels = new Map();
let wasConnected = false;

/** @type {import("./channel.js").Ways} */
const ways = {
  ask: ({ name, held }) => send({ type: "catch_up", channel: name, after: held }),
  fetch: () => fetchSoon(channels, Math.random() * FETCH_WITHIN),
};

function opened() {
  settle();
  // A list without numbers cannot say what it missed since the page was rendered: ask for it after a break.
  const isOld = wasConnected || performance.now() > 10_000 || isRestored();
  wasConnected = true;
  for (const channel of channels.values()) {
    channel.reconnected();
    if (channel.held === null && isOld) channel.fetch();
  }
  const held = Object.fromEntries([...channels.values()].map((channel) => [channel.name, channel.held]));
  send({ type: "subscribe", channels: held });
  show();
}

/** Whether the browser took this page out of its history. */
const isRestored = () => performance.getEntriesByType("navigation").some(
  (entry) => /** @type {PerformanceNavigationTiming} */ (entry).type === "back_forward");

/** @param {number} failures */
function lost(failures) {
  if (failures >= FAILURES_UNTIL_FETCHING && !document.hidden) channels.forEach((channel) => channel.fetch());
  show();
}

/** @param {Frame} frame */
function heard(frame) {
  if (channels.has(frame.channel)) arrive(frame);
}

/** @param {Frame} frame */
function take(frame) {
  if (frame.type === "refused") channels.delete(frame.channel);
  else channels.get(frame.channel)?.take(frame);
}

/** Say in what state the page is: on <html>, for the style sheet. */
function show() {
  document.documentElement.dataset.live = paused ? "paused" : isOpen() ? "on" : "off";
}

/** The pause button was pressed. */
function changed() {
  if (!paused) fetchSoon(channels, 0);
  show();
}

for (const name of channelsOfPage()) channels.set(name, new Channel(name, numberOf(name), ways));
if (channels.size > 0) {
  startTaking({ take, changed });
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", wake);
  start({ opened, heard, lost });
  show();
}
