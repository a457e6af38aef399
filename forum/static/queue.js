// @ts-check
/**
 * One key for each act of a moderator; the page lists them. Everything works without this file.
 * Off while somebody types, and by the switch in the list, which this browser remembers.
 */

const OFF = "keys:off";
const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-key-list]"));
const keySwitch = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys]"));

/** @param {number} by 1 for the next item, -1 for the one before */
function step(by) {
  const links = /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll(list.dataset.keyList || "li > h2 a") ?? [])]);
  const now = links.findIndex((link) => link === document.activeElement);
  const next = links[now < 0 ? 0 : Math.min(Math.max(now + by, 0), links.length - 1)];
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
}

// ---- many at once ----

const boxes = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[name=items]")]);
/** @type {HTMLInputElement | null} */
let lastBox = null;

/** Shows how many are chosen, and the form for them. */
function showChosen() {
  const bulk = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-bulk]"));
  const chosen = bulk?.querySelector("[data-chosen]");
  const n = boxes().filter((box) => box.checked).length;
  if (bulk && chosen) chosen.textContent = n ? `(${n})` : "";
  if (bulk && n) bulk.open = true;
}

/** @param {HTMLInputElement} box @param {boolean} all from the last one on */
function choose(box, all) {
  const every = boxes(), [a, b] = [every.indexOf(lastBox ?? box), every.indexOf(box)];
  if (all && a >= 0) for (const one of every.slice(Math.min(a, b), Math.max(a, b) + 1)) one.checked = box.checked;
  lastBox = box;
  showChosen();
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target instanceof HTMLInputElement && target.name === "items") choose(target, event.shiftKey);
  if (target instanceof HTMLInputElement && target.matches("[data-all]")) {
    for (const box of boxes()) box.checked = target.checked;
    showChosen();
  }
});

/** The box of the item that has the focus. */
const boxHere = () => /** @type {HTMLInputElement | null} */ (
  document.activeElement?.closest("li")?.querySelector("input:is([name=items], [name=opinions])") ?? null);

// ---- reasons that are given often ----

const canned = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-canned]"));
const reason = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("field-reason"));
let filled = "";

/** Puts the chosen words into the field; words of one's own stay in front of them. */
function fill() {
  const option = canned?.selectedOptions[0];
  if (!option?.value || !reason) return;
  const rule = /** @type {HTMLSelectElement | null} */ (document.getElementById("field-rule"));
  const own = filled && reason.value.endsWith(filled) ? reason.value.slice(0, -filled.length) : reason.value;
  filled = (option.textContent ?? "").replace(/^\d+\. /, "");
  reason.value = own && !own.endsWith("\n") ? `${own}\n${filled}` : own + filled;
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  if (rule) rule.value = option.value.split(".")[0];
}
canned?.addEventListener("change", fill);

/** The reason for a rule, in the language of the author first and in another each time. @param {string} rule */
function pick(rule) {
  if (!canned) return;
  const same = [...canned.options].filter((option) => option.value.split(".")[0] === rule);
  const first = same.findIndex((option) => option.value === `${rule}.${canned.dataset.canned}`);
  const now = same.indexOf(canned.selectedOptions[0]);
  const next = now < 0 ? same[Math.max(first, 0)] : same[(now + 1) % same.length];
  if (next) canned.value = next.value;
  const bulk = canned.closest("details");
  if (bulk) bulk.open = true;
  fill();
}

/** @param {KeyboardEvent} event */
function press(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing && event.key === "Escape") return target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || localStorage.getItem(OFF)) return;
  const key = event.key.toLowerCase();
  if (list && (key === "j" || key === "k")) return step(key === "j" ? 1 : -1);
  if (list && key === "x") return boxHere()?.click();
  if (canned && /^[1-9]$/.test(key)) return pick(key);
  const control = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (!control) return;
  event.preventDefault();
  const fold = control.closest("details");
  if (fold && !control.matches("summary")) fold.open = true;
  control.focus();
  control.click();
}

document.addEventListener("keydown", press);

// ---- pictures that may hurt ----

/** The first press shows the picture here; without this file, and with the next one, it opens. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest(".veil a, .veiled a") : null;
  const picture = link?.querySelector("img:not(.seen)");
  if (!picture) return;
  event.preventDefault();
  picture.classList.add("seen");
});

// ---- who is looking ----

const RENEWED_EVERY = 4 * 60 * 1000;
const claim = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-until]"));

async function renew() {
  const held = claim();
  if (!held || document.hidden) return;
  const answer = await fetch(`${held.dataset.claim}/claim`, { method: "POST", headers: { "X-Requested-With": "fetch" } });
  if (answer.ok) held.dataset.until = await answer.text();
}

function release() {
  const held = claim();
  if (held) navigator.sendBeacon(`${held.dataset.claim}/release`, new URLSearchParams({ until: held.dataset.until ?? "" }));
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

// ---- what this browser remembers ----

for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-remember]"))) {
  const key = `queue:${box.dataset.remember}`;
  if (localStorage.getItem(key)) box.checked = localStorage.getItem(key) === "1";
  box.addEventListener("change", () => localStorage.setItem(key, box.checked ? "1" : "0"));
}
