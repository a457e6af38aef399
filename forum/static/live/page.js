// @ts-check
/** What the page holds of its channels, and its regions and elements, put where they belong and disturb nobody. */

import { all, one, parsed, say, TYPED, viewer, wordsOf } from "../site.js";

// ---- channels: the numbers, the gaps and the doubts

/**
 * @typedef {{number: number|null, kind: "put"|"remove"|"skip", id: string, html: string, order: number|null}} Delta
 * @typedef {{type: string, channel: string, deltas: Delta[], after: number|null, upto: number|null}} Frame
 *
 * What a channel needs done: `ask` tells whether the question left, `fetch` fetches what is `wanted`.
 * @typedef {{ask: (channel: Channel) => boolean, fetch: () => void}} Ways
 */

const ASK_AFTER = 200; // a gap often closes by itself, and a thousand readers should not ask at once
const KEEP_AHEAD = 500; // deltas kept beyond a gap

/** Mirrored in tests/realtime/reader.py. */
export class Channel {
  /** @param {number|null} held the change number of the page
   * @param {Ways} ways */
  constructor(name, held, ways) {
    this.name = name;
    this.held = held;
    this.ways = ways;
    /** Deltas beyond a gap. @type {Map<number, Delta>} */
    this.ahead = new Map();
    /** Deltas without a number that came while the region was being fetched. @type {Delta[]} */
    this.later = [];
    this.asking = 0;
    this.doubts = false;
    this.fetching = false;
    this.wanted = false;
    /** Not for this reader: the page is fetched a last time, and may be none of theirs either. */
    this.refused = false;
    /** The fetch that left last; an earlier one may bring what is older. */
    this.latest = new Map();
  }

  /** A new connection: every question asked on the old one is void. */
  reconnected() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.doubts = false;
    this.ahead.clear();
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.type === "deltas") frame.deltas.forEach((delta) => this.hear(delta));
    else if (frame.type === "caught_up") this.catchUp(frame.deltas, frame.after, frame.upto);
    else if (frame.type === "resync") this.resync(frame.after);
    else {
      this.refused = true;
      this.fetch();
    }
  }

  /** @param {Delta} delta */
  hear(delta) {
    if (delta.number === null || this.held === null) {
      if (this.fetching) this.later.push(delta);
      else apply(this.name, delta);
    } else if (delta.number > this.held) {
      this.ahead.set(delta.number, delta);
      this.drain();
    }
  }

  /** In any order, as each element comes once; that of the page keeps the counter right.
   * @param {Delta[]} deltas */
  catchUp(deltas, after, upto) {
    this.asking = 0;
    if (after === null || upto === null || this.held === null) return;
    // What is being fetched may be older than this answer: ask again for what came between.
    if (this.fetching) this.doubts = true;
    else if (after <= this.held) {
      const held = this.held;
      deltas.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
      for (const delta of deltas) if ((delta.number ?? 0) > held) apply(this.name, delta);
      this.held = Math.max(held, upto);
    }
    this.drain();
  }

  /** @param {number|null} after not null when this answers a question of ours */
  resync(after) {
    if (after === null && this.held !== null) {
      this.doubts = true;
      this.drain();
    } else this.fetch();
  }

  /** Apply what follows without a gap; ask when a gap or a doubt remains. */
  drain() {
    if (this.fetching || this.held === null) return;
    for (let next; (next = this.ahead.get(this.held + 1)); this.held += 1) apply(this.name, next);
    for (const number of this.ahead.keys()) if (number <= this.held) this.ahead.delete(number);
    if (this.ahead.size > KEEP_AHEAD) {
      this.ahead.clear();
      this.doubts = true;
    }
    setNumber(this.name, this.held);
    if (this.isLacking()) this.asking ||= setTimeout(() => this.ask(), Math.random() * ASK_AFTER);
  }

  isLacking() {
    return this.ahead.size > 0 || this.doubts;
  }

  /** A doubt ends when the question leaves, not when its answer comes: one raised between them needs a new answer. */
  ask() {
    if (this.isLacking() && this.ways.ask(this)) this.doubts = false;
    else this.asking = 0;
  }

  /** Have the region fetched. */
  fetch() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.fetching = this.wanted = true;
    this.ways.fetch();
  }

  /** The region was fetched anew, as of this number. */
  fetched(held) {
    // Asked again meanwhile: what came may be too old already.
    if (this.wanted) return;
    // The page may be older than what had been applied on top of the last one.
    if (this.held !== null && held !== null && held < this.held) this.doubts = true;
    this.held = held;
    this.fetching = false;
    this.later.splice(0).forEach((delta) => apply(this.name, delta));
    this.drain();
  }
}

// ---- regions and the elements in them

/** @returns {HTMLElement[]} */
export const regions = (channel, page = document) => all(`[data-live-channel="${CSS.escape(channel)}"]`, page);

/** The channels that this page has regions of. @returns {Set<string>} */
export const channelsOfPage = () => new Set(all("[data-live-channel]").map((region) => region.dataset.liveChannel));

/** The number that the regions of a channel were rendered with. @returns {number|null} */
export function numberOf(channel, page = document) {
  const numbers = regions(channel, page).flatMap((region) => region.dataset.liveNumber ?? []).map(Number);
  return numbers.length > 0 ? Math.min(...numbers) : null;
}

/** Say on the page which number it shows. */
function setNumber(channel, number) {
  for (const region of regions(channel)) if (region.dataset.liveNumber) region.dataset.liveNumber = String(number);
}

/** @param {Delta} delta */
function apply(channel, delta) {
  if (delta.kind === "remove") remove(delta.id);
  if (delta.kind === "put") put(channel, parsed(delta.html).body.firstElementChild, delta.order);
}

/** Show an element where it belongs; its order is null when it is only ever replaced. */
const put = (channel, element, order) => whenFree(element.id, (old) => {
  const list = listOf(channel);
  if (old) {
    const moves = order !== null && old.parentElement === list && orderOf(old) !== order;
    replace(old, element, () => { if (moves && list && isInRange(list, order)) place(list, element, order); });
  } else if (list && order !== null && isInRange(list, order)) {
    place(list, element, order);
    if (element.isConnected && !isOwn(element) && !("liveQuiet" in list.dataset)) announce();
  }
  if (list && order !== null) countNewer(list, order, isOwn(element));
});

const remove = (id) => whenFree(id, (old) => old && takeAway(old));

/** The one region of a channel that elements are inserted into. */
const listOf = (channel) => regions(channel).find((region) => region.dataset.liveOrder !== "none");

const orderOf = (element) => Number(element.dataset.order);

/** @returns {HTMLElement[]} */
const itemsOf = (list) => all(":scope > [id][data-order]", list);

/** Whether an order belongs on this page of the list. */
const isInRange = (list, order) =>
  order >= Number(list.dataset.liveFrom ?? -Infinity) && order <= Number(list.dataset.liveTo ?? Infinity);

function place(list, element, order) {
  const sign = list.dataset.liveOrder === "desc" ? -1 : 1;
  const others = itemsOf(list).filter((item) => item !== element);
  const next = others.find((item) => sign * orderOf(item) > sign * order);
  if (next) next.before(element);
  else if (others.length > 0) others[others.length - 1].after(element);
  else list.append(element);
  itemsOf(list).slice(Number(list.dataset.liveLimit ?? Infinity)).forEach(takeAway);
}

/** Raise the counter of what is new beyond this page. */
function countNewer(list, order, own) {
  const last = Number(list.dataset.liveLast ?? list.dataset.liveTo ?? Infinity);
  if (order <= last) return;
  list.dataset.liveLast = String(order);
  if (!isInRange(list, order) && !own) countBeyond(list.dataset.liveChannel);
}

/** Make the regions of a channel what they are on a page just fetched. */
export function takeOver(channel, page) {
  const fresh = regions(channel, page);
  regions(channel).forEach((region, index) => {
    const now = fresh[index];
    if (!now) return;
    if (region.dataset.liveOrder !== "none") takeOverList(channel, region, now);
    else if (!saysTheSameInside(region, now)) renew(region, now);
  });
}

/** The page is no more for this reader: what is said of that stands there instead. */
export const giveWay = (main) => whenFree("main", (old) => replace(old, main));

function takeOverList(channel, list, now) {
  const ids = new Set(itemsOf(now).map((item) => item.id));
  for (const item of itemsOf(list)) if (!ids.has(item.id)) remove(item.id);
  for (const item of itemsOf(now)) {
    const old = document.getElementById(item.id);
    if (old && saysTheSame(old, item)) continue;
    put(channel, document.importNode(item, true), orderOf(item));
  }
  if (now.dataset.liveLast) countNewer(list, Number(now.dataset.liveLast), false);
  for (const bound of ["liveFrom", "liveTo"]) if (now.dataset[bound]) list.dataset[bound] = now.dataset[bound];
}

/** Scripts mark the old element itself; its children are as the server sent them. */
const saysTheSame = (old, item) => orderOf(old) === orderOf(item) && saysTheSameInside(old, item);

const saysTheSameInside = (old, item) => old.innerHTML === item.innerHTML;

// ---- where the reader is

const FOCUSABLE = "a[href], button, summary, input, textarea, select, [tabindex]";

/** Changes of elements that wait while the reader is busy with a field inside.
 * @type {Map<string, () => void>} */
const waiting = new Map();

/** What vouches for the whole page waits with whatever of it is still old. */
function renew(region, now) {
  waiting.delete(now.id);
  if ("liveWhole" in region.dataset && waiting.size > 0) waiting.set(now.id, () => renew(region, now));
  else replace(region, document.importNode(now, true));
}

/** Change an element now, or when the reader is done with it; what shows it elsewhere goes at once.
 * @param {(element: HTMLElement|null) => void} change */
function whenFree(id, change) {
  all(`[data-live-copy="${CSS.escape(id)}"]`).forEach(takeAway);
  const element = document.getElementById(id);
  if (element && isBusy(element)) waiting.set(id, () => whenFree(id, change));
  else {
    waiting.delete(id);
    change(element);
  }
}

function isBusy(element) {
  if (one("[data-typed]", element)) return true; // came back as typed: nowhere else is it kept
  const fields = all(TYPED, element);
  return fields.includes(document.activeElement) ||
    fields.some((field) => "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue);
}

addEventListener("focusout", () => setTimeout(() => {
  if (waiting.size > 0) keepingPlace(() => [...waiting.values()].forEach((change) => change()));
}));

/** Put an element, perhaps elsewhere, in the place of the old one. */
const replace = (old, element, move = () => {}) => keepingFocus(old, () => {
  keepChoices(old, element);
  nameAfter(old, element);
  old.replaceWith(element);
  move();
  return element;
});

/** The page is named after its heading, and no more after words that have gone. */
function nameAfter(old, now) {
  const was = wordsOf(one("h1", old)), is = wordsOf(one("h1", now));
  if (was && is) document.title = document.title.replace(was, () => is);
}

/** Whoever is in it comes to what stands there then. */
const takeAway = (old) => keepingFocus(old, () => {
  const next = old.nextElementSibling ?? old.previousElementSibling ?? old.parentElement;
  old.remove();
  return next;
});

/** The focus stays on the same control, or at least on what came. @param {() => any} change */
function keepingFocus(old, change) {
  const field = document.activeElement;
  const hadFocus = old.contains(field);
  const alike = `${field?.localName}:is(${FOCUSABLE})`;
  const index = all(alike, old).indexOf(field);
  const now = change();
  if (!hadFocus) return;
  const control = all(alike, now)[index] ?? now;
  if (control === now) now.tabIndex = -1;
  control.focus({ preventScroll: true });
}

/** What the reader chose and opened stays so, unless a choice no longer says what it said. */
function keepChoices(old, now) {
  const folds = all("details", old);
  all("details", now).forEach((fold, index) => { fold.open ||= folds[index]?.open ?? false; });
  for (const choice of all("select[name]", now)) {
    const [was] = all(`select[name="${CSS.escape(choice.name)}"]`, old);
    if (was && [...choice.options].some(({ value }) => value === was.value)) choice.value = was.value;
  }
  for (const box of all("li input[type=checkbox][name]", now)) {
    const [was] = all(`input[name="${CSS.escape(box.name)}"][value="${CSS.escape(box.value)}"]`, old);
    if (was) box.checked = was.checked && wordsOf(was.closest("li")) === wordsOf(box.closest("li"));
  }
}

/** Change the page without moving what the reader looks at. @param {() => void} change */
export function keepingPlace(change) {
  const seen = inView().map((element) => ({ id: element.id, element, top: element.getBoundingClientRect().top }));
  change();
  for (const { id, element, top } of seen) {
    const now = element.isConnected ? element : id && document.getElementById(id);
    if (!now) continue;
    const moved = now.getBoundingClientRect().top - top;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
    return;
  }
}

/** What the reader looks at, most important first: at the very top of a page, the top. @returns {Element[]} */
function inView() {
  const visible = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const field = document.activeElement;
  if (field?.matches("input, textarea, select") && visible(field)) return [field];
  if (scrollY === 0) return [];
  const items = all("[data-live-channel] > [data-order]").filter(visible);
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  return middle?.matches("body *") ? [...items, middle] : items;
}

// ---- what is new: counted where it cannot be shown, said once for a burst

const ANNOUNCE_AFTER = 2_000;

let arrived = 0;

/** One's own posts are not news. */
const isOwn = (element) => element.dataset.author === viewer;

/** The page's own words with a number; `data-text-one` where one differs. */
export function wording(element, name, n) {
  const words = (n === 1 && element.dataset[`${name}One`]) || element.dataset[name] || "";
  return words.replace("{n}", n.toLocaleString(document.documentElement.lang));
}

/** Tell screen readers how much is new. */
function announce() {
  if (arrived === 0) setTimeout(() => {
    say("");
    say(wording(one("#live-status"), "text", arrived));
    arrived = 0;
  }, ANNOUNCE_AFTER);
  arrived += 1;
}

/** One more beyond what this page of the list shows. */
function countBeyond(channel) {
  const [link] = all(`[data-live-newer="${CSS.escape(channel)}"]`);
  if (!link) return;
  link.dataset.count = String(Number(link.dataset.count ?? 0) + 1);
  link.textContent = wording(link, "text", Number(link.dataset.count));
  link.hidden = false;
  announce();
}
