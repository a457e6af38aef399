// @ts-check
/** Frames that came: a burst of them changes the page once, before it is next drawn, or when a pause ends. */

import { wording } from "./news.js";
import { keepingPlace } from "./place.js";

/** @typedef {import("./channel.js").Frame} Frame */

const KEPT_MAX = 500;
const UNDRAWN = 500; // a page that is not drawn changes all the same

const button = /** @type {HTMLElement|null} */ (document.querySelector("[data-live-pause]"));
/** @type {Frame[]} */
let kept = [];
/** Elements that wait for the end of a pause. @type {Set<string>} */
const elements = new Set();
let isWaiting = false;
/** @type {(frame: Frame) => void} */
let take;

export let paused = false;

/** @param {Frame} frame */
export function arrive(frame) {
  kept.push(frame);
  if (kept.length > KEPT_MAX) kept = forgetful(kept);
  if (paused) {
    for (const { kind, id } of frame.deltas ?? []) if (kind === "put") elements.add(id);
    showButton();
  } else if (!isWaiting) {
    isWaiting = true;
    requestAnimationFrame(settle);
    setTimeout(settle, UNDRAWN);
  }
}

/** Too many to keep: only the answers to our questions, and that something was lost. @param {Frame[]} frames */
function forgetful(frames) {
  const answers = frames.filter(({ type, after }) => type !== "deltas" && (type !== "resync" || after !== null));
  const names = [...new Set(frames.map((frame) => frame.channel))];
  return [...answers, ...names.map((channel) => ({ type: "resync", channel, deltas: [], after: null, upto: null }))];
}

/** Change the page by all that came. */
export function settle() {
  if (paused || kept.length === 0) return;
  isWaiting = false;
  keepingPlace(() => kept.splice(0).forEach(take));
}

/** @param {{take: (frame: Frame) => void, changed: () => void}} how */
export function startTaking(how) {
  take = how.take;
  button?.addEventListener("click", () => {
    paused = !paused;
    elements.clear();
    settle();
    showButton();
    how.changed();
  });
  button?.removeAttribute("hidden");
  showButton();
}

function showButton() {
  if (!button) return;
  const name = !paused ? "textPause" : elements.size > 0 ? "textWaiting" : "textResume";
  button.textContent = wording(button, name, elements.size);
}
