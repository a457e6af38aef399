// @ts-check
/**
 * Keeps the page as the room is; it is whole without this script. The protocol, and the attributes that are read:
 * docs/realtime.md.
 */

import { all, made, one, parsed } from "../site.js";
import { Channel, channelsOfPage, giveWay, keepingPlace, numberOf, regions, takeOver, wording } from "./page.js";

/** @typedef {import("./page.js").Frame} Frame */

const FAILURES_UNTIL_POLLING = 2; // then the page also catches up over plain HTTP at every attempt
const QUIET_AFTER = 60_000; // in the background
const CHANNELS_MAX = 50; // others stand still
const FETCH_WITHIN = 1_000;
const FETCH_AGAIN = 30_000;

/** @type {Map<string, Channel>} */
const channels = new Map();

// ---- the websocket comes back by itself, later and later

const RETRY_FIRST = 1_000;
const RETRY_LONGEST = 30_000;
const RESTARTED = 1012; // everybody comes back at once
const SPREAD = 5_000;
const STABLE = 10_000; // a connection that lived this long ends the row of failures
const SILENCE = 45_000; // then ask whether anybody is there
const ANSWER_WITHIN = 10_000;
const AWAKE_WITHIN = 5_000;
const WAKE_SPREAD = 500; // a whole office comes online at once

/** @type {WebSocket|null} */
let socket = null;
let wasConnected = false;
let openedAt = 0;
let heardAt = 0;
let failures = 0;
let retry = 0;
let deadline = 0;

const isOpen = () => socket?.readyState === WebSocket.OPEN;

/** @returns {boolean} whether it left */
function send(frame) {
  if (!isOpen()) return false;
  socket?.send(JSON.stringify(frame));
  return true;
}

/** Back from sleep, from a tunnel or in another network: what the browser takes for open may have died. */
function wake() {
  if (document.hidden || channels.size === 0) return;
  fetchWanted();
  if (socket) probe(0, AWAKE_WITHIN);
  else connectWithin(Math.random() * WAKE_SPREAD);
}

function connectWithin(delay) {
  clearTimeout(retry);
  retry = setTimeout(connect, delay);
}

function connect() {
  const mine = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")));
  socket = mine;
  expectAnswer(ANSWER_WITHIN);
  mine.onopen = () => mine === socket && opened();
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    heardAt = Date.now();
    clearTimeout(deadline);
    hear(JSON.parse(event.data));
  };
  mine.onclose = (event) => mine === socket && lost(event.code);
}

function opened() {
  openedAt = Date.now();
  settle();
  for (const channel of channels.values()) {
    channel.reconnected();
    // A list without a stamp cannot say what it missed.
    if (channel.held === null && wasConnected) channel.fetch();
  }
  wasConnected = true;
  send({ type: "subscribe", channels: Object.fromEntries([...channels.values()].map(({ name, held }) => [name, held])) });
  show();
}

function lost(code) {
  clearTimeout(deadline);
  socket = null;
  failures = openedAt && Date.now() - openedAt > STABLE ? 1 : failures + 1;
  openedAt = 0;
  const longest = Math.min(RETRY_LONGEST, RETRY_FIRST * 2 ** (failures - 1));
  connectWithin(code === RESTARTED ? Math.random() * SPREAD : longest * (0.5 + Math.random() / 2));
  if (failures >= FAILURES_UNTIL_POLLING && !document.hidden && !paused) poll();
  show();
}

/** Give the server some seconds to say anything at all. */
function expectAnswer(within) {
  clearTimeout(deadline);
  deadline = setTimeout(() => {
    const silent = socket;
    lost(0);
    silent?.close();
  }, within);
}

/** Ask whether anybody is there, after so much silence. */
function probe(silence, within) {
  if (Date.now() - heardAt >= silence && send({ type: "ping" })) expectAnswer(within);
}

// ---- plain HTTP

let isPolling = false;

/** Where websockets are blocked: ask what was missed. The answers are those of the socket. */
async function poll() {
  settle();
  const asked = [...channels.values()].filter((channel) => !channel.fetching);
  if (isPolling || asked.length === 0) return;
  isPolling = true;
  asked.forEach((channel) => channel.reconnected());
  const question = asked.flatMap(({ name, held }) => [["channel", name], ["after", String(held ?? "")]]);
  try {
    const response = await fetch(`/live?${new URLSearchParams(question)}`, { cache: "no-store" });
    if (response.ok) (await response.json()).forEach(hear);
  } catch {
    // The next attempt to connect asks again.
  } finally {
    isPolling = false;
  }
}

let fetching = 0;

/** Where deltas cannot tell what changed: the page of every region, each address once. */
function fetchSoon(delay) {
  fetching ||= setTimeout(fetchWanted, delay);
}

async function fetchWanted() {
  fetching = 0;
  if (paused || document.hidden) return;
  /** @type {Map<string, Channel[]>} */
  const byAddress = new Map();
  for (const channel of channels.values()) {
    if (!channel.wanted) continue;
    channel.wanted = false;
    channel.latest = byAddress;
    const address = !channel.refused && regions(channel.name).map(({ dataset }) => dataset.liveRefresh).find(Boolean) || location.href;
    byAddress.set(address, [...(byAddress.get(address) ?? []), channel]);
  }
  const came = await Promise.all([...byAddress].map(([address, group]) => fetchPage(address, group, byAddress)));
  if (came.includes(false)) fetchSoon(FETCH_AGAIN * (0.5 + Math.random() / 2));
}

/** @returns {Promise<boolean>} whether it came */
async function fetchPage(address, group, latest) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    const page = parsed(await response.text());
    if (response.status > 428 || paused) throw response; // too fast, a fault, paused: later
    const isForLogin = response.redirected && group.some(({ refused }) => refused);
    const instead = (isForLogin || [403, 404].includes(response.status)) && one("main", page);
    keepingPlace(() => {
      if (instead && address === location.href) giveWay(instead);
      for (const channel of group) if (channel.latest === latest) {
        takeOver(channel.name, page);
        channel.fetched(numberOf(channel.name, page) ?? channel.held);
        if (channel.refused) channels.delete(channel.name);
      }
    });
    if (channels.size === 0) goQuiet(); // nothing is for this reader any more
    return true;
  } catch {
    for (const channel of group) channel.wanted = true;
    return false;
  }
}

// ---- frames: a burst of them changes the page once, before it is next drawn, or when a pause ends

const KEPT_MAX = 500;
const UNDRAWN = 500; // a page that is not drawn changes all the same

const [button] = all("[data-live-pause]");
/** @type {Frame[]} */
let kept = [];
/** Elements that wait for the end of a pause. @type {Set<string>} */
const elements = new Set();
let undrawn = 0;

let paused = false;

/** @param {Frame} frame */
function hear(frame) {
  if (!channels.has(frame.channel)) return;
  if (frame.type === "presence") return hearPresence(frame);
  if (kept.push(frame) > KEPT_MAX) kept = forgetful(kept);
  if (paused) {
    for (const { kind, id } of frame.deltas ?? []) if (kind === "put") elements.add(id);
    showButton();
  } else if (kept.length === 1) {
    requestAnimationFrame(settle);
    undrawn = setTimeout(settle, UNDRAWN);
  }
}

/** Too many to keep: only the answers to our questions, and that something was lost. @param {Frame[]} frames */
function forgetful(frames) {
  const answers = frames.filter(({ type, after }) => type !== "deltas" && (type !== "resync" || after !== null));
  const names = [...new Set(frames.map((frame) => frame.channel))];
  return [...answers, ...names.map((channel) => ({ type: "resync", channel, deltas: [], after: null, upto: null }))];
}

/** Change the page by all that came. */
function settle() {
  if (paused || kept.length === 0) return;
  clearTimeout(undrawn);
  keepingPlace(() => {
    for (const frame of kept.splice(0)) channels.get(frame.channel)?.take(frame);
  });
}

function pauseOrResume() {
  paused = !paused;
  elements.clear();
  settle();
  showButton();
  if (!paused) wake();
  showPresence();
  show();
}

function showButton() {
  if (!button) return;
  const name = !paused ? "textPause" : elements.size > 0 ? "textWaiting" : "textResume";
  button.textContent = wording(button, name, elements.size);
  button.hidden = false;
}

// ---- who else reads this page, whether somebody is writing, and that this reader is

/** @typedef {{channel: string, readers: number, names: string[], writing: number}} Presence */

const SAY_EVERY = 3_000;
const ECHO = 13_000; // for so long, one of those who write may be this reader

/** @type {Map<string, Presence>} */
const known = new Map();
/** When this reader said that it writes. @type {Map<string, number>} */
const said = new Map();

function hearPresence(presence) {
  known.set(presence.channel, presence);
  showPresence();
}

/** The connection is lost: what is not known is not shown. */
function forgetPresence() {
  known.clear();
  said.clear();
  showPresence();
}

/** `data-readers` and `data-writers` name their channel. */
function showPresence() {
  if (!paused) keepingPlace(() => {
    for (const place of all("[data-readers]")) showReaders(place, known.get(place.dataset.readers));
    for (const place of all("[data-writers]")) showWriters(place, place.dataset.writers);
  });
}

function showReaders(place, presence) {
  place.hidden = !presence || presence.readers < 2;
  const words = place.querySelector("span");
  if (presence && words) words.replaceChildren(...sentence(place, presence));
}

function showWriters(place, channel) {
  const own = Date.now() - (said.get(channel) ?? -ECHO) < ECHO ? 1 : 0;
  place.hidden = (known.get(channel)?.writing ?? 0) <= own;
}

/** Each name by itself: it may be of any script. */
function sentence(place, { readers, names }) {
  const [before, after = ""] = wording(place, names.length > 0 ? "textNamed" : "text", readers).split("{names}");
  const list = new Intl.ListFormat(document.documentElement.lang).formatToParts(names);
  return [before, ...list.map(({ type, value }) => type === "element" ? person(place, value) : value), after];
}

function person(place, name) {
  const [before, after] = place.dataset.textName.split("{name}");
  const element = made("span");
  element.append(before, made("bdi", { textContent: name }), after);
  return element;
}

/** Say so while this reader types into a form with `data-writes-in`. */
function startWriting() {
  addEventListener("input", ({ target, isTrusted }) => {
    const channel = target instanceof HTMLTextAreaElement ? target.form?.dataset.writesIn : undefined;
    if (!channel || !isTrusted || Date.now() - (said.get(channel) ?? 0) < SAY_EVERY) return;
    if (!send({ type: "writing", channel })) return;
    said.set(channel, Date.now());
    setTimeout(showPresence, ECHO + 1);
  });
}

// ---- the page as a whole

/** Say in what state the page is: on <html>, for the style sheet. */
function show() {
  if (!isOpen()) forgetPresence();
  document.documentElement.dataset.live = paused ? "paused" : isOpen() ? "on" : "off";
}

let quiet = 0;

/** In the background it goes quiet after a while, and catches up when it is looked at. */
function attend() {
  clearTimeout(quiet);
  if (document.hidden) quiet = setTimeout(goQuiet, QUIET_AFTER);
  else wake();
}

function goQuiet() {
  clearTimeout(retry);
  clearTimeout(deadline);
  const mine = socket;
  socket = null;
  openedAt = 0;
  mine?.close();
  show();
}

/** @type {import("./page.js").Ways} */
const ways = {
  ask: ({ name, held }) => send({ type: "catch_up", channel: name, after: held }),
  fetch: () => fetchSoon(Math.random() * FETCH_WITHIN),
};

for (const name of [...channelsOfPage()].slice(0, CHANNELS_MAX)) channels.set(name, new Channel(name, numberOf(name), ways));
if (channels.size > 0) {
  button?.addEventListener("click", pauseOrResume);
  showButton();
  startWriting();
  setInterval(() => probe(SILENCE, ANSWER_WITHIN), SILENCE / 3);
  connect();
  attend();
  document.addEventListener("visibilitychange", attend);
  // A page without a connection may stay in the browser's history as it is.
  addEventListener("pagehide", goQuiet);
  for (const sign of ["pageshow", "online"]) addEventListener(sign, wake);
  /** @type {{connection?: EventTarget}} */ (navigator).connection?.addEventListener("change", wake);
  show();
}
