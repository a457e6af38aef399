// @ts-check
/**
 * Keeps the page as the room is: new posts appear, changed ones change, lists reorder. The page is whole without
 * this script. The protocol is described in docs/realtime.md, the attributes it reads in the same place.
 */

import { arrive, paused, settle, startTaking } from "./arrivals.js";
import { Channel } from "./channel.js";
import { isOpen, rest, send, start, wake } from "./connection.js";
import { fetchSoon } from "./fetching.js";
import { channelsOfPage, numberOf } from "./page.js";
import { poll } from "./polling.js";
import { forgetPresence, hearPresence, showPresence, startWriting } from "./presence.js";

/** @typedef {import("./channel.js").Frame} Frame */

const FAILURES_UNTIL_POLLING = 2; // then the page also catches up over plain HTTP at every attempt
const QUIET_AFTER = 60_000; // in the background
const FETCH_WITHIN = 1_000;

/** @type {Map<string, Channel>} */
const channels = new Map();
let wasConnected = false;
let quiet = 0;

/** @type {import("./channel.js").Ways} */
const ways = {
  ask: ({ name, held }) => send({ type: "catch_up", channel: name, after: held }),
  fetch: () => fetchSoon(channels, Math.random() * FETCH_WITHIN),
};

function opened() {
  settle();
  for (const channel of channels.values()) {
    channel.reconnected();
    // A list without a stamp cannot say what it missed.
    if (channel.held === null && wasConnected) channel.fetch();
  }
  wasConnected = true;
  const held = Object.fromEntries([...channels.values()].map((channel) => [channel.name, channel.held]));
  send({ type: "subscribe", channels: held });
  show();
}

/** @param {number} failures */
function lost(failures) {
  if (failures >= FAILURES_UNTIL_POLLING && !document.hidden && !paused) poll(channels.values(), heard);
  show();
}

/** @param {Frame} frame */
function heard(frame) {
  if (!channels.has(frame.channel)) return;
  if (frame.type === "presence") hearPresence(frame);
  else arrive(frame);
}

/** @param {Frame} frame */
function take(frame) {
  if (frame.type === "refused") channels.delete(frame.channel);
  else channels.get(frame.channel)?.take(frame);
}

/** Say in what state the page is: on <html>, for the style sheet. */
function show() {
  if (!isOpen()) forgetPresence();
  document.documentElement.dataset.live = paused ? "paused" : isOpen() ? "on" : "off";
}

/** The pause button was pressed. */
function changed() {
  if (!paused) {
    fetchSoon(channels, 0);
    wake();
  }
  showPresence();
  show();
}

/** Nobody looks at a page in the background: after a while it goes quiet, and catches up when it is looked at. */
function attend() {
  clearTimeout(quiet);
  if (document.hidden) quiet = setTimeout(goQuiet, QUIET_AFTER);
  else wake();
}

function goQuiet() {
  rest();
  show();
}

for (const name of channelsOfPage()) channels.set(name, new Channel(name, numberOf(name), ways));
if (channels.size > 0) {
  startTaking({ take, changed });
  startWriting();
  start({ opened, heard, lost });
  attend();
  document.addEventListener("visibilitychange", attend);
  // A page without a connection may stay in the browser's history as it is.
  addEventListener("pagehide", goQuiet);
  for (const sign of ["pageshow", "online"]) addEventListener(sign, wake);
  /** @type {{connection?: EventTarget}} */ (navigator).connection?.addEventListener("change", wake);
  show();
}
