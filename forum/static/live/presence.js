// @ts-check
/** Who else reads this page and whether somebody is writing; and that this reader is. */

import { paused, send } from "./live.js";
import { all, keepingPlace, wording } from "./page.js";

/** @typedef {{channel: string, readers: number, names: string[], writing: number}} Presence */

const SAY_EVERY = 3_000;
const ECHO = 13_000; // for so long, one of those who write may be this reader

/** @type {Map<string, Presence>} */
const known = new Map();
/** When this reader said that it writes. @type {Map<string, number>} */
const said = new Map();

/** @param {object} frame */
export function hearPresence(frame) {
  const presence = /** @type {Presence} */ (frame);
  known.set(presence.channel, presence);
  showPresence();
}

/** The connection is lost: what is not known is not shown. */
export function forgetPresence() {
  known.clear();
  said.clear();
  showPresence();
}

/** Readers stand in `data-readers`, writers in `data-writers`; both name their channel. */
export function showPresence() {
  if (!paused) keepingPlace(() => {
    for (const place of all("[data-readers]")) showReaders(place, known.get(place.dataset.readers));
    for (const place of all("[data-writers]")) showWriters(place, place.dataset.writers);
  });
}

/** @param {HTMLElement} place @param {Presence|undefined} presence */
function showReaders(place, presence) {
  place.hidden = !presence || presence.readers < 2;
  const words = place.querySelector("span");
  if (presence && words) words.replaceChildren(...sentence(place, presence));
}

/** @param {HTMLElement} place @param {string} channel */
function showWriters(place, channel) {
  const own = Date.now() - (said.get(channel) ?? -ECHO) < ECHO ? 1 : 0;
  place.hidden = (known.get(channel)?.writing ?? 0) <= own;
}

/** "5人が閲覧中（うち…）", each name by itself: it may be of any script.
 * @param {HTMLElement} place @param {Presence} presence @returns {(Node|string)[]} */
function sentence(place, { readers, names }) {
  const [before = "", after = ""] = wording(place, names.length > 0 ? "textNamed" : "text", readers).split("{names}");
  const list = new Intl.ListFormat(document.documentElement.lang).formatToParts(names);
  return [before, ...list.map(({ type, value }) => type === "element" ? person(place, value) : value), after];
}

/** @param {HTMLElement} place @param {string} name */
function person(place, name) {
  const [before = "", after = ""] = (place.dataset.textName ?? "{name}").split("{name}");
  const isolated = document.createElement("bdi");
  isolated.textContent = name;
  const element = document.createElement("span");
  element.append(before, isolated, after);
  return element;
}

/** Say that this reader is writing, while they type into a form with `data-writes-in`. */
export function startWriting() {
  addEventListener("input", ({ target, isTrusted }) => {
    const channel = target instanceof HTMLTextAreaElement ? target.form?.dataset.writesIn : undefined;
    if (!channel || !isTrusted || Date.now() - (said.get(channel) ?? 0) < SAY_EVERY) return;
    if (!send({ type: "writing", channel })) return;
    said.set(channel, Date.now());
    setTimeout(showPresence, ECHO + 1);
  });
}
