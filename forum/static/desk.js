// @ts-check
/** The desk of a digest: says aloud what colleagues did. Everything works without this file. */

const status = /** @type {HTMLElement} */ (document.getElementById("live-status"));
const lastAct = () => document.querySelector("[data-last-act] span")?.textContent?.trim() ?? "";

let said = lastAct();
new MutationObserver(() => {
  if (lastAct() === said) return;
  said = lastAct();
  status.textContent = said;
}).observe(/** @type {Element} */ (document.querySelector("main")), { childList: true, subtree: true });
