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
