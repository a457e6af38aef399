// @ts-check
/** What is new, in the words of the page: counted where it cannot be shown, said politely and once for a burst. */

const ANNOUNCE_AFTER = 2_000;

const viewer = document.body.dataset.viewer ?? "";
let arrived = 0;

/** One's own posts are not news. @param {HTMLElement} element */
export const isOwn = (element) => viewer !== "" && element.dataset.author === viewer;

/** The page's own words with a number in them; `data-text-one` where one differs from many.
 * @param {HTMLElement} element @param {string} name @param {number} n */
export function wording(element, name, n) {
  const words = (n === 1 && element.dataset[`${name}One`]) || element.dataset[name] || "";
  return words.replace("{n}", n.toLocaleString(document.documentElement.lang));
}

/** Tell screen readers how much is new. @param {number} n */
export function announce(n) {
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

/** One more beyond what this page of the list shows. @param {string} channel */
export function countBeyond(channel) {
  const link = /** @type {HTMLElement|null} */ (document.querySelector(`[data-live-newer="${CSS.escape(channel)}"]`));
  if (!link) return;
  link.dataset.count = String(Number(link.dataset.count ?? 0) + 1);
  link.textContent = wording(link, "text", Number(link.dataset.count));
  link.hidden = false;
  announce(1);
}
