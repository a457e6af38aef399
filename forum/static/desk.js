// @ts-check
/**
 * At the desks: one key for each act, many at once, words cut or masked where they are selected.
 */

import { all, ask, changed, itemAt, onKey, one, say, TYPED, within, wordsOf } from "./site.js";

// ---- by keys

const list = one("[data-key-list]");

/** @param {number} by 1 for the next item, -1 for the one before */
function step(by) {
  const links = all(list.dataset.keyList || "li > h2 a", list);
  const now = links.indexOf(document.activeElement);
  const next = itemAt(links, now < 0 ? 0 : now + by);
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
}

onKey((key, event) => {
  if (event.repeat) return;
  if (list && (key === "j" || key === "k")) return step(key === "j" ? 1 : -1);
  if (list && key === "x") return boxHere()?.click();
  if (canned && /^[1-9]$/.test(key)) return pick(key);
  const control = one(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return;
  event.preventDefault();
  const fold = control.closest("details");
  if (fold && !control.matches("summary")) fold.open = true;
  control.focus();
  control.click();
});

// Back from a field to the keys.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") within(event, TYPED)?.blur();
});

// ---- many at once

const BOX = "input:is([name=items], [name=opinions])";
const boxes = () => all("input[name=items]");
let lastBox;

/** Shows how many are chosen, and the form for them. */
function showChosen() {
  const bulk = one("[data-bulk]");
  const n = boxes().filter((box) => box.checked).length;
  if (!bulk) return;
  bulk.hidden = !boxes().length;
  one("[data-chosen]", bulk).textContent = n ? `(${n})` : "";
  if (n) bulk.open = true;
}

if (list) new MutationObserver(showChosen).observe(list, { childList: true });

/** @param {boolean} range from the last one on */
function choose(box, range) {
  const every = boxes(), [a, b] = [every.indexOf(lastBox ?? box), every.indexOf(box)];
  if (range && a >= 0) for (const other of every.slice(Math.min(a, b), Math.max(a, b) + 1)) other.checked = box.checked;
  lastBox = box;
  showChosen();
}

document.addEventListener("click", (event) => {
  const box = within(event, "input[name=items]"), every = within(event, "[data-all], [data-every]");
  if (box) choose(box, event.shiftKey);
  if (!every) return;
  for (const other of all(BOX)) other.checked = every.checked;
  showChosen();
});

/** The box of the item that has the focus. */
const boxHere = () => document.activeElement?.closest("li")?.querySelector(/** @type {"input"} */ (BOX));

// ---- reasons that are given often

const canned = one("[data-canned]");
const reason = one("#field-reason");
let filled = "";

/** Puts the chosen words into the field; words of one's own stay in front of them. */
function fillReason() {
  const option = canned.selectedOptions[0];
  if (!option?.value || !reason) return;
  const rule = one("#field-rule");
  const own = filled && reason.value.endsWith(filled) ? reason.value.slice(0, -filled.length) : reason.value;
  filled = option.textContent.replace(/^\d+\. /, "");
  reason.value = own && !own.endsWith("\n") ? `${own}\n${filled}` : own + filled;
  changed(reason);
  if (rule) rule.value = option.value.split(".")[0];
}
canned?.addEventListener("change", fillReason);

/** The reason for a rule, in the language of the author first and in another each time. */
function pick(rule) {
  const same = [...canned.options].filter((option) => option.value.split(".")[0] === rule);
  const first = same.findIndex((option) => option.value === `${rule}.${canned.dataset.canned}`);
  const now = same.indexOf(canned.selectedOptions[0]);
  const next = now < 0 ? same[Math.max(first, 0)] : same[(now + 1) % same.length];
  if (next) canned.value = next.value;
  canned.closest("details")?.setAttribute("open", "");
  fillReason();
}

// ---- pictures that may hurt

/** The first press, or double click, shows the picture here; without this file, and with the next one, it opens. */
document.addEventListener("click", (event) => {
  const picture = within(event, ".veil a, .veiled a")?.querySelector("img");
  if (!picture || (picture.matches(".seen") && event.detail < 2)) return;
  event.preventDefault();
  picture.classList.add("seen");
});

// ---- who is looking

const RENEWED_EVERY = 4 * 60 * 1000;
const claim = () => one("[data-until]");

async function renew() {
  const held = claim();
  if (!held || document.hidden) return;
  const answer = await ask(`${held.dataset.claim}/claim`, { method: "POST" }).catch(() => null);
  if (answer?.ok) held.dataset.until = await answer.text();
}

addEventListener("pagehide", () => {
  const held = claim();
  if (held) navigator.sendBeacon(`${held.dataset.claim}/release`, new URLSearchParams({ until: held.dataset.until }));
});
addEventListener("pageshow", (event) => { if (event.persisted) renew(); });
setInterval(renew, RENEWED_EVERY);

// ---- what colleagues did, said aloud

const lastAct = () => wordsOf(one("[data-last-act] span"));
let said = lastAct();
new MutationObserver(() => {
  if (lastAct() === said) return;
  said = lastAct();
  say(said);
}).observe(one("main"), { childList: true, subtree: true });

// ---- words that are to be masked: copied or typed without this

for (const offer of all("[data-passages-add]")) {
  const field = one(`#${offer.dataset.passagesAdd}`);
  offer.hidden = false;
  one("button", offer).addEventListener("click", () => {
    const lines = `${field.value}\n${getSelection()}`.split("\n");
    field.value = [...new Set(lines.map((line) => line.trim()).filter(Boolean))].join("\n");
    changed(field);
  });
}

// ---- cutting in the middle of a sentence

const cutting = one("[data-cutting]");

/** The selected part of the source, counted as the server counts: in code points. */
function selected() {
  const source = one("[data-cut-source]");
  const range = getSelection()?.rangeCount ? getSelection()?.getRangeAt(0) : null;
  if (!range || range.collapsed || !source?.contains(range.startContainer) || !source.contains(range.endContainer)) return "";
  const before = document.createRange();
  before.setStart(source, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  return `${start}-${start + [...range.toString()].length}`;
}

if (cutting) {
  const button = one("[data-cut-selected]", cutting);
  one("[data-cut-offer]", cutting).hidden = false;
  button.addEventListener("click", () => {
    cutting.elements.selection.value = selected();
    if (cutting.elements.selection.value) cutting.submit();
    else say(button.dataset.nothing);
  });
}

// ---- opinions moved by mouse

const desk = one("form#desk");
let over;

function mark(group) {
  over?.classList.remove("over");
  over = group;
  over?.classList.add("over");
}

// Whatever else is chosen goes along.
document.addEventListener("dragstart", (event) => {
  const row = within(event, ".grip")?.closest("li");
  const box = row && one("input[name=opinions]", row);
  if (!box || !event.dataTransfer) return;
  box.checked = true;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", box.value);
  event.dataTransfer.setDragImage(row, 0, 0);
  document.documentElement.classList.add("dragging");
});

document.addEventListener("dragover", (event) => {
  if (!document.documentElement.classList.contains("dragging")) return;
  mark(within(event, "[data-group]"));
  if (over) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!over || !desk?.elements.to) return;
  event.preventDefault();
  desk.elements.to.value = over.dataset.group;
  one("[value=move]", desk)?.click();
});

document.addEventListener("dragend", () => {
  document.documentElement.classList.remove("dragging");
  mark(null);
});
