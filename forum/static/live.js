// @ts-check
/**
 * Keeps the page as the room is: new posts appear, changed ones change, lists reorder. The page is whole without
 * this script. The protocol is described in docs/realtime.md, the attributes it reads in the same place.
 */

/**
 * @typedef {{number: number|null, kind: "put"|"remove"|"skip", id: string, html: string, order: number|null}} Delta
 * @typedef {{type: string, channel: string, deltas: Delta[], after: number|null, upto: number|null}} Frame
 */

const RETRY_FIRST = 1_000;
const RETRY_LONGEST = 30_000;
const RESTARTED = 1012; // everybody comes back at the same moment: spread them
const SPREAD = 5_000;
const STABLE = 10_000; // a connection that lived this long ends the row of failures
const FAILURES_UNTIL_FETCHING = 3; // then the page also catches up over plain HTTP at every attempt
const SILENCE = 45_000; // after this long without a frame, ask whether anybody is there
const ANSWER_WITHIN = 10_000;
const ASK_AFTER = 200; // a gap often closes by itself, and a thousand readers should not ask at once
const ANNOUNCE_AFTER = 2_000;
const KEEP_AHEAD = 500; // deltas kept beyond a gap, or frames behind the pause button

const root = document.documentElement;
const viewer = document.body.dataset.viewer ?? "";

// ---------------------------------------------------------------- the page

/** @param {string} channel @returns {HTMLElement[]} */
const regions = (channel) => regionsIn(document, channel);

/** @param {Document} page @param {string} channel @returns {HTMLElement[]} */
const regionsIn = (page, channel) =>
  [...page.querySelectorAll(`[data-live-channel="${CSS.escape(channel)}"]`)].map(
    (region) => /** @type {HTMLElement} */ (region));

/** The one region of a channel that elements are inserted into. @param {string} channel */
const listOf = (channel) => regions(channel).find((region) => region.dataset.liveOrder !== "none");

/** @param {string} html @returns {HTMLElement|null} */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return /** @type {HTMLElement|null} */ (template.content.firstElementChild);
}

/** @param {Element} element */
const orderOf = (element) => Number(/** @type {HTMLElement} */ (element).dataset.order);

/** @param {HTMLElement} list @returns {HTMLElement[]} */
const itemsOf = (list) => /** @type {HTMLElement[]} */ (
  [...list.children].filter((child) => child.id && !Number.isNaN(orderOf(child))));

/** Whether an order belongs on this page of the list. @param {HTMLElement} list @param {number} order */
const isInRange = (list, order) =>
  order >= Number(list.dataset.liveFrom ?? -Infinity) && order <= Number(list.dataset.liveTo ?? Infinity);

/** @param {HTMLElement} list @param {HTMLElement} element @param {number} order */
function place(list, element, order) {
  const sign = list.dataset.liveOrder === "desc" ? -1 : 1;
  const others = itemsOf(list).filter((item) => item !== element);
  const next = others.find((item) => sign * orderOf(item) > sign * order);
  if (next) next.before(element);
  else if (others.length > 0) others[others.length - 1].after(element);
  else list.append(element);
  itemsOf(list).slice(Number(list.dataset.liveLimit ?? Infinity)).forEach((item) => item.remove());
}

/** Changes of elements that wait while the reader is busy with a field inside.
 * @type {Map<string, () => void>} */
const waiting = new Map();

/** @param {Element} element */
function isBusy(element) {
  const fields = [...element.querySelectorAll("input, textarea, select")];
  return fields.includes(/** @type {Element} */ (document.activeElement)) ||
    fields.some((field) => "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue);
}

addEventListener("focusout", () => setTimeout(() => {
  for (const [id, apply] of waiting) {
    const element = document.getElementById(id);
    if (element && isBusy(element)) continue;
    waiting.delete(id);
    keepingPlace(apply);
  }
}));

const FOCUSABLE = "a[href], button, summary, input, textarea, select, [tabindex]";

/** Replace an element; the focus stays on the same control, or at least on the element.
 * @param {HTMLElement} old @param {HTMLElement} element */
function replace(old, element) {
  const index = [...old.querySelectorAll(FOCUSABLE)].indexOf(/** @type {Element} */ (document.activeElement));
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(element);
  if (!hadFocus) return;
  const control = /** @type {HTMLElement|undefined} */ (element.querySelectorAll(FOCUSABLE)[index]) ?? element;
  if (control === element) element.tabIndex = -1;
  control.focus({ preventScroll: true });
}

/** Show an element where it belongs; its order is null when it is only ever replaced.
 * @param {string} channel @param {HTMLElement} element @param {number|null} order */
function put(channel, element, order) {
  const old = document.getElementById(element.id);
  if (old && isBusy(old)) {
    waiting.set(element.id, () => put(channel, element, order));
    return;
  }
  waiting.delete(element.id);
  const list = listOf(channel);
  if (old) {
    const moves = order !== null && old.parentElement === list && orderOf(old) !== order;
    replace(old, element);
    if (moves && list && isInRange(list, order)) place(list, element, order);
  } else if (list && order !== null && isInRange(list, order)) {
    place(list, element, order);
    if (element.isConnected && !isOwn(element)) announce(1);
  }
  if (list && order !== null) countNewer(list, order, isOwn(element));
}

/** @param {string} id */
function remove(id) {
  const old = document.getElementById(id);
  if (old && isBusy(old)) {
    waiting.set(id, () => remove(id));
    return;
  }
  waiting.delete(id);
  old?.remove();
}

/** @param {HTMLElement} element */
const isOwn = (element) => viewer !== "" && element.dataset.author === viewer;

/** Raise the counter of what is new beyond this page.
 * @param {HTMLElement} list @param {number} order @param {boolean} own */
function countNewer(list, order, own) {
  const channel = CSS.escape(list.dataset.liveChannel ?? "");
  const last = Number(list.dataset.liveLast ?? list.dataset.liveTo ?? Infinity);
  if (order <= last) return;
  list.dataset.liveLast = String(order);
  if (isInRange(list, order) || own) return;
  const link = /** @type {HTMLElement|null} */ (document.querySelector(`[data-live-newer="${channel}"]`));
  if (!link) return;
  link.dataset.count = String(Number(link.dataset.count ?? 0) + 1);
  link.textContent = wording(link, "text", Number(link.dataset.count));
  link.hidden = false;
  announce(1);
}

/** The page's own words with a number in them; `data-text-one` where one differs from many.
 * @param {HTMLElement} element @param {string} name @param {number} n */
function wording(element, name, n) {
  const words = (n === 1 && element.dataset[`${name}One`]) || element.dataset[name] || "";
  return words.replace("{n}", n.toLocaleString(root.lang));
}

let arrived = 0;

/** Tell screen readers how much is new, politely and in one sentence for a burst. @param {number} n */
function announce(n) {
  if (arrived === 0) setTimeout(() => {
    const status = document.getElementById("live-status");
    if (status) {
      status.textContent = "";
      status.textContent = wording(status, "text", arrived);
    }
    arrived = 0;
  }, ANNOUNCE_AFTER);
  arrived += n;
}

/** Change the page without moving what the reader looks at. @param {() => void} change */
function keepingPlace(change) {
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
  const visible = (/** @type {Element} */ element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const field = document.activeElement;
  if (field?.matches("input, textarea, select") && visible(field)) return [field];
  if (scrollY === 0) return [];
  const items = [...document.querySelectorAll("[data-live-channel] > [data-order]")].filter(visible);
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  return middle && middle !== root && middle !== document.body ? [...items, middle] : items;
}

// ---------------------------------------------------------------- channels

/** What this page holds of one channel. Mirrored in tests/realtime/reader.py. */
class Channel {
  /** @param {string} name @param {number|null} held the change number the page was rendered with */
  constructor(name, held) {
    this.name = name;
    this.held = held;
    /** Deltas beyond a gap. @type {Map<number, Delta>} */
    this.ahead = new Map();
    /** Deltas without a number that came while the region was being fetched. @type {Delta[]} */
    this.later = [];
    this.asking = 0;
    this.doubts = false;
    this.fetching = false;
    this.wanted = false;
  }

  /** A new connection: every question asked on the old one is void. */
  reconnected() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.doubts = false;
    this.ahead.clear();
  }

  /** @param {Delta} delta */
  hear(delta) {
    if (this.fetching && (delta.number === null || this.held === null)) this.later.push(delta);
    else if (delta.number === null || this.held === null) apply(this.name, delta);
    else if (delta.number > this.held) {
      this.ahead.set(delta.number, delta);
      this.drain();
    }
  }

  /** Each element comes once and as it is now, so any order will do; that of the page keeps the counter right.
   * @param {Delta[]} deltas @param {number|null} after @param {number|null} upto */
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

  /** The region was fetched anew, as of this number. @param {number|null} held */
  fetched(held) {
    // The page may be older than what had been applied on top of the last one.
    if (this.held !== null && held !== null && held < this.held) this.doubts = true;
    this.held = held;
    this.fetching = false;
    this.later.splice(0).forEach((delta) => apply(this.name, delta));
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
    for (const region of regions(this.name)) {
      if (region.dataset.liveNumber) region.dataset.liveNumber = String(this.held);
    }
    if (this.isLacking()) this.asking ||= setTimeout(() => this.ask(), Math.random() * ASK_AFTER);
  }

  isLacking() {
    return this.ahead.size > 0 || this.doubts;
  }

  /** A doubt ends when the question leaves, not when its answer comes: one raised between them needs a new answer. */
  ask() {
    if (this.isLacking() && send({ type: "catch_up", channel: this.name, after: this.held })) this.doubts = false;
    else this.asking = 0;
  }

  fetch() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.fetching = this.wanted = true;
    fetchSoon(Math.random() * 1_000);
  }
}

/** @param {string} channel @param {Delta} delta */
function apply(channel, delta) {
  if (delta.kind === "remove") remove(delta.id);
  const element = delta.kind === "put" ? parse(delta.html) : null;
  if (element) put(channel, element, delta.order);
}

// ---------------------------------------------------------------- fetching a region over HTTP

let fetchTimer = 0;

/** @param {number} delay */
function fetchSoon(delay) {
  fetchTimer ||= setTimeout(fetchWanted, delay);
}

/** Fetch the page of every region that wants it, each address once. */
async function fetchWanted() {
  fetchTimer = 0;
  if (paused) return;
  /** @type {Map<string, Channel[]>} */
  const byAddress = new Map();
  for (const channel of channels.values()) {
    if (!channel.wanted) continue;
    channel.wanted = false;
    const region = regions(channel.name).find((region) => region.dataset.liveRefresh);
    const address = region?.dataset.liveRefresh ?? location.href;
    byAddress.set(address, [...(byAddress.get(address) ?? []), channel]);
  }
  await Promise.all([...byAddress].map(([address, group]) => fetchPage(address, group)));
}

/** @param {string} address @param {Channel[]} group */
async function fetchPage(address, group) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (response.status >= 500) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    keepingPlace(() => group.forEach((channel) => takeOver(channel, page)));
  } catch {
    // No network or no server: the next attempt to connect asks again as well.
    for (const channel of group) channel.wanted = true;
    fetchSoon(RETRY_LONGEST * (0.5 + Math.random() / 2));
  }
}

/** Make the regions of a channel what they are on a page just fetched.
 * @param {Channel} channel @param {Document} page */
function takeOver(channel, page) {
  const fresh = regionsIn(page, channel.name);
  regions(channel.name).forEach((region, index) => {
    const now = fresh[index];
    if (!now) return;
    if (region.dataset.liveOrder === "none") replace(region, document.importNode(now, true));
    else takeOverList(channel.name, region, now);
  });
  // Asked again meanwhile: this page may be too old already.
  if (!channel.wanted) channel.fetched(fresh.length > 0 ? numberIn(fresh) : channel.held);
}

/** @param {string} channel @param {HTMLElement} list @param {HTMLElement} now */
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

/** Scripts may have marked the old element itself with classes; its children are as the server sent them.
 * @param {HTMLElement} old @param {HTMLElement} item */
const saysTheSame = (old, item) =>
  orderOf(old) === orderOf(item) && old.childNodes.length === item.childNodes.length &&
  [...old.childNodes].every((node, index) => node.isEqualNode(item.childNodes[index]));

/** @param {HTMLElement[]} elements @returns {number|null} */
function numberIn(elements) {
  const numbers = elements.flatMap((element) => element.dataset.liveNumber ?? []).map(Number);
  return numbers.length > 0 ? Math.min(...numbers) : null;
}

// ---------------------------------------------------------------- the connection

/** @type {Map<string, Channel>} */
const channels = new Map();
/** @type {WebSocket|null} */
let socket = null;
let wasConnected = false;
let openedAt = 0;
let heardAt = 0;
let failures = 0;
let retry = 0;
let deadline = 0;

/** @param {object} frame @returns {boolean} whether it left */
function send(frame) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

function connect() {
  clearTimeout(retry);
  const mine = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")));
  socket = mine;
  expectAnswer();
  mine.onopen = () => mine === socket && opened();
  mine.onmessage = (event) => mine === socket && heard(JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lost(event.code);
}

function opened() {
  openedAt = Date.now();
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

/** @param {number} code */
function lost(code) {
  clearTimeout(deadline);
  socket = null;
  failures = openedAt && Date.now() - openedAt > STABLE ? 1 : failures + 1;
  openedAt = 0;
  if (failures >= FAILURES_UNTIL_FETCHING && !document.hidden) channels.forEach((channel) => channel.fetch());
  const longest = Math.min(RETRY_LONGEST, RETRY_FIRST * 2 ** (failures - 1));
  retry = setTimeout(connect, code === RESTARTED ? Math.random() * SPREAD : longest * (0.5 + Math.random() / 2));
  show();
}

/** Give the server some seconds to say anything at all. */
function expectAnswer() {
  clearTimeout(deadline);
  deadline = setTimeout(() => {
    const silent = socket;
    lost(0);
    silent?.close();
  }, ANSWER_WITHIN);
}

/** @param {number} silence */
function probe(silence) {
  if (Date.now() - heardAt > silence && send({ type: "ping" })) expectAnswer();
}

/** Back from the background, from sleep or from a tunnel: do not wait for timers. */
function wake() {
  if (document.hidden) return;
  if (socket) probe(ANSWER_WITHIN);
  else connect();
}

/** @param {Frame} frame */
function heard(frame) {
  heardAt = Date.now();
  clearTimeout(deadline);
  if (!channels.has(frame.channel)) return;
  if (paused) holdBack(frame);
  else keepingPlace(() => take(frame));
}

/** @param {Frame} frame */
function take(frame) {
  const channel = channels.get(frame.channel);
  if (!channel) return;
  if (frame.type === "deltas") frame.deltas.forEach((delta) => channel.hear(delta));
  else if (frame.type === "caught_up") channel.catchUp(frame.deltas, frame.after, frame.upto);
  else if (frame.type === "resync") channel.resync(frame.after);
  else if (frame.type === "refused") channels.delete(channel.name);
}

// ---------------------------------------------------------------- the pause button

let paused = false;
/** @type {Frame[]} */
let heldBack = [];
/** @type {Set<string>} */
const heldElements = new Set();
const button = /** @type {HTMLElement|null} */ (document.querySelector("[data-live-pause]"));

/** @param {Frame} frame */
function holdBack(frame) {
  heldBack.push(frame);
  if (heldBack.length > KEEP_AHEAD) heldBack = [...channels.keys()].map(
    (channel) => ({ type: "resync", channel, deltas: [], after: null, upto: null }));
  for (const { kind, id } of frame.deltas ?? []) if (kind === "put") heldElements.add(id);
  show();
}

function togglePause() {
  paused = !paused;
  if (!paused) {
    keepingPlace(() => heldBack.splice(0).forEach(take));
    heldElements.clear();
    fetchSoon(0);
  }
  show();
}

/** Say in what state the page is: on <html> for the style sheet, on the button for the reader. */
function show() {
  root.dataset.live = paused ? "paused" : socket?.readyState === WebSocket.OPEN ? "on" : "off";
  if (!button) return;
  const name = !paused ? "textPause" : heldElements.size > 0 ? "textWaiting" : "textResume";
  button.textContent = wording(button, name, heldElements.size);
}

// ---------------------------------------------------------------- start

for (const region of document.querySelectorAll("[data-live-channel]")) {
  const name = /** @type {HTMLElement} */ (region).dataset.liveChannel ?? "";
  if (!channels.has(name)) channels.set(name, new Channel(name, numberIn(regions(name))));
}
if (channels.size > 0) {
  button?.addEventListener("click", togglePause);
  button?.removeAttribute("hidden");
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", wake);
  setInterval(() => probe(SILENCE), SILENCE / 3);
  show();
  connect();
}
