// @ts-check
/**
 * The desk of a digest: says aloud what colleagues did, cuts opinions where words are selected. Everything works without
 * this file.
 */

const status = /** @type {HTMLElement} */ (document.getElementById("live-status"));
const lastAct = () => document.querySelector("[data-last-act] span")?.textContent?.trim() ?? "";

let said = lastAct();
new MutationObserver(() => {
  if (lastAct() === said) return;
  said = lastAct();
  status.textContent = said;
}).observe(/** @type {Element} */ (document.querySelector("main")), { childList: true, subtree: true });

// ---- cutting in the middle of a sentence ----

const cutting = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-cutting]"));
const source = document.querySelector("[data-cut-source]");

/** The selected part of the source, counted as the server counts: in code points. */
function selected() {
  const range = getSelection()?.rangeCount ? getSelection()?.getRangeAt(0) : null;
  if (!range || range.collapsed || !source?.contains(range.startContainer) || !source.contains(range.endContainer)) return "";
  const before = document.createRange();
  before.setStart(source, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  return `${start}-${start + [...range.toString()].length}`;
}

if (cutting) {
  const offer = /** @type {HTMLElement} */ (cutting.querySelector("[data-cut-offer]"));
  const button = /** @type {HTMLElement} */ (cutting.querySelector("[data-cut-selected]"));
  const field = /** @type {HTMLInputElement} */ (cutting.elements.namedItem("selection"));
  offer.hidden = false;
  // A button that takes the focus would take the selection away.
  button.addEventListener("mousedown", (press) => press.preventDefault());
  button.addEventListener("click", () => {
    field.value = selected();
    if (field.value) cutting.submit();
    else status.textContent = button.dataset.nothing ?? "";
  });
}

// ---- many at once, and moving by mouse; by keys: queue.js ----

const desk = /** @type {HTMLFormElement | null} */ (document.getElementById("desk"));
/** @type {Element | null} */
let over = null;

/** @param {Element | null} group */
function mark(group) {
  over?.classList.remove("over");
  over = group;
  over?.classList.add("over");
}

document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (!box.matches("[data-every]")) return;
  for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=opinions]"))) one.checked = box.checked;
});

// Whatever else is chosen goes along.
document.addEventListener("dragstart", (event) => {
  const row = event.target instanceof Element && event.target.matches(".grip") ? event.target.closest("li") : null;
  const box = /** @type {HTMLInputElement | null | undefined} */ (row?.querySelector("input[name=opinions]"));
  if (!row || !box || !event.dataTransfer) return;
  box.checked = true;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", box.value);
  event.dataTransfer.setDragImage(row, 0, 0);
  document.documentElement.classList.add("dragging");
});

document.addEventListener("dragover", (event) => {
  if (!document.documentElement.classList.contains("dragging")) return;
  mark(event.target instanceof Element ? event.target.closest("section[id^=group-]") : null);
  if (over) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const target = /** @type {HTMLSelectElement | undefined} */ (desk?.elements.namedItem("to"));
  if (!over || !target) return;
  event.preventDefault();
  target.value = over.id.replace("group-", "");
  /** @type {HTMLElement | null | undefined} */ (desk?.querySelector("[value=move]"))?.click();
});

document.addEventListener("dragend", () => {
  document.documentElement.classList.remove("dragging");
  mark(null);
});
