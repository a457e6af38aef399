// @ts-check
/** Regions fetched anew over HTTP, where deltas cannot tell what changed. */

import { paused } from "./arrivals.js";
import { numberOf, regions, takeOver } from "./page.js";
import { keepingPlace } from "./place.js";

/** @typedef {import("./channel.js").Channel} Channel */

const AGAIN = 30_000;

let timer = 0;

/** Fetch the page of every region that wants it, each address once.
 * @param {Map<string, Channel>} channels @param {number} delay */
export function fetchSoon(channels, delay) {
  timer ||= setTimeout(() => fetchWanted(channels), delay);
}

/** @param {Map<string, Channel>} channels */
async function fetchWanted(channels) {
  timer = 0;
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
  const came = await Promise.all([...byAddress].map(([address, group]) => fetchPage(address, group)));
  if (came.includes(false)) fetchSoon(channels, AGAIN * (0.5 + Math.random() / 2));
}

/** @param {string} address @param {Channel[]} group @returns {Promise<boolean>} whether it came */
async function fetchPage(address, group) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (response.status >= 500) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    keepingPlace(() => group.forEach((channel) => take(channel, page)));
    return true;
  } catch {
    for (const channel of group) channel.wanted = true;
    return false;
  }
}

/** @param {Channel} channel @param {Document} page */
function take(channel, page) {
  takeOver(channel.name, page);
  const isThere = regions(channel.name, page).length > 0;
  channel.fetched(isThere ? numberOf(channel.name, page) : channel.held);
}
