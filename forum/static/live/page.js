// @ts-check
/** The regions of a page and the elements in them, put where they belong. */

import { announce, countBeyond, isOwn } from "./news.js";
import { isWaiting, replace, whenFree } from "./place.js";

/** @typedef {import("./channel.js").Delta} Delta */

/** @param {string} channel @param {Document} page @returns {HTMLElement[]} */
export const regions = (channel, page = document) =>
  [...page.querySelectorAll(`[data-live-channel="${CSS.escape(channel)}"]`)].map(
    (region) => /** @type {HTMLElement} */ (region));

/** The channels that this page has regions of. @returns {Set<string>} */
export const channelsOfPage = () => new Set([...document.querySelectorAll("[data-live-channel]")].map(
  (region) => /** @type {HTMLElement} */ (region).dataset.liveChannel ?? ""));

/** The number that the regions of a channel were rendered with.
 * @param {string} channel @param {Document} page @returns {number|null} */
export function numberOf(channel, page = document) {
  const numbers = regions(channel, page).flatMap((region) => region.dataset.liveNumber ?? []).map(Number);
  return numbers.length > 0 ? Math.min(...numbers) : null;
}

/** Say on the page which number it shows. @param {string} channel @param {number} number */
export function setNumber(channel, number) {
  for (const region of regions(channel)) if (region.dataset.liveNumber) region.dataset.liveNumber = String(number);
}

/** @param {string} channel @param {Delta} delta */
export function apply(channel, delta) {
  if (delta.kind === "remove") remove(delta.id);
  const element = delta.kind === "put" ? parse(delta.html) : null;
  if (element) put(channel, element, delta.order);
}

/** @param {string} html @returns {HTMLElement|null} */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return /** @type {HTMLElement|null} */ (template.content.firstElementChild);
}

/** Show an element where it belongs; its order is null when it is only ever replaced.
 * @param {string} channel @param {HTMLElement} element @param {number|null} order */
const put = (channel, element, order) => whenFree(element.id, (old) => {
  const list = listOf(channel);
  if (old) {
    const moves = order !== null && old.parentElement === list && orderOf(old) !== order;
    replace(old, element);
    if (moves && list && isInRange(list, order)) place(list, element, order);
  } else if (list && order !== null && isInRange(list, order)) {
    place(list, element, order);
    if (element.isConnected && !isOwn(element) && !("liveQuiet" in list.dataset)) announce(1);
  }
  if (list && order !== null) countNewer(list, order, isOwn(element));
});

/** @param {string} id */
const remove = (id) => whenFree(id, (old) => old?.remove());

/** The one region of a channel that elements are inserted into. @param {string} channel */
const listOf = (channel) => regions(channel).find((region) => region.dataset.liveOrder !== "none");

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

/** Raise the counter of what is new beyond this page.
 * @param {HTMLElement} list @param {number} order @param {boolean} own */
function countNewer(list, order, own) {
  const last = Number(list.dataset.liveLast ?? list.dataset.liveTo ?? Infinity);
  if (order <= last) return;
  list.dataset.liveLast = String(order);
  if (!isInRange(list, order) && !own) countBeyond(list.dataset.liveChannel ?? "");
}

/** Make the regions of a channel what they are on a page just fetched.
 * @param {string} channel @param {Document} page */
export function takeOver(channel, page) {
  const fresh = regions(channel, page);
  regions(channel).forEach((region, index) => {
    const now = fresh[index];
    if (!now) return;
    if (region.dataset.liveOrder === "none") {
      // What vouches for the whole page waits with whatever of it is still old.
      if (saysTheSameInside(region, now)) return;
      if (!("liveWhole" in region.dataset && isWaiting())) replace(region, document.importNode(now, true));
    }
    else takeOverList(channel, region, now);
  });
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
const saysTheSame = (old, item) => orderOf(old) === orderOf(item) && saysTheSameInside(old, item);

/** @param {HTMLElement} old @param {HTMLElement} item */
const saysTheSameInside = (old, item) =>
  old.childNodes.length === item.childNodes.length &&
  [...old.childNodes].every((node, index) => node.isEqualNode(item.childNodes[index]));
