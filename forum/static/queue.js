// @ts-check
/**
 * One key for each act of a moderator; the page lists them. Everything works without this file.
 * Off while somebody types, and by the switch in the list, which this browser remembers.
 */

const OFF = "keys:off";
const list = document.querySelector("[data-key-list]");
const keySwitch = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys]"));

/** @param {number} by 1 for the next item, -1 for the one before */
function step(by) {
  const links = /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll("li > h2 a") ?? [])]);
  const now = links.findIndex((link) => link === document.activeElement);
  links[now < 0 ? 0 : Math.min(Math.max(now + by, 0), links.length - 1)]?.focus();
}

/** @param {KeyboardEvent} event */
function press(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.matches("input:not([type=checkbox]), textarea, select");
  if (typing && event.key === "Escape") return target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || localStorage.getItem(OFF)) return;
  const key = event.key.toLowerCase();
  if (list && (key === "j" || key === "k")) return step(key === "j" ? 1 : -1);
  const control = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (!control) return;
  event.preventDefault();
  control.focus();
  control.click();
}

document.addEventListener("keydown", press);

// ---- who is looking ----

const RENEWED_EVERY = 4 * 60 * 1000;
const claim = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-until]"));

async function renew() {
  const held = claim();
  if (!held || document.hidden) return;
  const answer = await fetch(`/queue/${held.dataset.claim}/claim`, { method: "POST", headers: { "X-Requested-With": "fetch" } });
  if (answer.ok) held.dataset.until = await answer.text();
}

function release() {
  const held = claim();
  if (held) navigator.sendBeacon(`/queue/${held.dataset.claim}/release`, new URLSearchParams({ until: held.dataset.until ?? "" }));
}

addEventListener("pagehide", release);
addEventListener("pageshow", (event) => { if (event.persisted) renew().catch(() => {}); });
setInterval(() => renew().catch(() => {}), RENEWED_EVERY);
if (keySwitch) {
  keySwitch.checked = !localStorage.getItem(OFF);
  keySwitch.addEventListener("change", () => {
    if (keySwitch.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
