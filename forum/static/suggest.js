// @ts-check
// Offers boards, topics and people while somebody types into the search box. Without this, the search finds them.

const PAUSE = 200;
const field = /** @type {HTMLInputElement} */ (document.getElementById("field-q"));
const place = /** @type {HTMLElement} */ (document.getElementById("suggestions"));
const status = /** @type {HTMLElement} */ (document.getElementById("live-status"));
let waiting = 0;
let asked = 0;

/** @param {string} html */
function show(html) {
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
  const list = /** @type {HTMLElement | null} */ (place.firstElementChild);
  place.hidden = !list;
  status.textContent = list?.dataset.say ?? "";
}

async function offer() {
  const turn = ++asked;
  const q = field.value.trim();
  const answer = await fetch(`/search/suggestions?${new URLSearchParams({ q })}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (turn === asked) show(html);
}

function close() {
  clearTimeout(waiting);
  asked++;
  show("");
}

/** @param {boolean} composing */
function later(composing) {
  clearTimeout(waiting);
  if (!composing) waiting = setTimeout(offer, PAUSE);
}

/** Up from the first is the field; there is nothing down from the last. @param {KeyboardEvent} press */
function move(press) {
  const stops = /** @type {HTMLElement[]} */ ([field, ...place.querySelectorAll("a")]);
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = stops[at + (press.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  press.preventDefault();
  next.focus();
}

const form = /** @type {HTMLFormElement} */ (field.form);
field.addEventListener("input", (event) => later(/** @type {InputEvent} */ (event).isComposing));
field.addEventListener("compositionend", () => later(false));
form.addEventListener("keydown", (press) => {
  if (press.isComposing || place.hidden) return;
  if (press.key === "Escape") {
    press.preventDefault();  // browsers empty the field
    field.focus();
    close();
  }
  if (press.key === "ArrowDown" || press.key === "ArrowUp") move(press);
});
form.addEventListener("focusout", ({ relatedTarget }) => {
  if (!place.hidden && relatedTarget instanceof Node && !place.contains(relatedTarget) && relatedTarget !== field) close();
});
