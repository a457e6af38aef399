// @ts-check
/** Where the reader is: the place on the page that must not move, and fields that must not be taken away. */

const FOCUSABLE = "a[href], button, summary, input, textarea, select, [tabindex]";

/** Changes of elements that wait while the reader is busy with a field inside.
 * @type {Map<string, () => void>} */
const waiting = new Map();

/** Whether something on the page is older than what came. */
export const isWaiting = () => waiting.size > 0;

/** Change an element now, or when the reader is done with it.
 * @param {string} id @param {(element: HTMLElement|null) => void} change */
export function whenFree(id, change) {
  const element = document.getElementById(id);
  if (element && isBusy(element)) waiting.set(id, () => whenFree(id, change));
  else {
    waiting.delete(id);
    change(element);
  }
}

/** @param {Element} element */
function isBusy(element) {
  if (element.querySelector("[data-typed]")) return true; // came back as typed: nowhere else is it kept
  const fields = [...element.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea, select")];
  return fields.includes(/** @type {Element} */ (document.activeElement)) ||
    fields.some((field) => "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue);
}

addEventListener("focusout", () => setTimeout(() => {
  if (waiting.size > 0) keepingPlace(() => [...waiting.values()].forEach((change) => change()));
}));

/** Replace an element; the focus stays on the same control, or at least on the element.
 * @param {HTMLElement} old @param {HTMLElement} element */
export function replace(old, element) {
  const index = [...old.querySelectorAll(FOCUSABLE)].indexOf(/** @type {Element} */ (document.activeElement));
  const hadFocus = old.contains(document.activeElement);
  keepChoices(old, element);
  old.replaceWith(element);
  if (!hadFocus) return;
  const control = /** @type {HTMLElement|undefined} */ (element.querySelectorAll(FOCUSABLE)[index]) ?? element;
  if (control === element) element.tabIndex = -1;
  control.focus({ preventScroll: true });
}

/** What the reader chose and opened stays so, unless a choice no longer says what it said. @param {Element} old @param {Element} now */
function keepChoices(old, now) {
  const folds = old.querySelectorAll("details");
  now.querySelectorAll("details").forEach((fold, index) => { fold.open ||= folds[index]?.open ?? false; });
  for (const choice of now.querySelectorAll("select[name], li input[type=checkbox][name]")) {
    if (!(choice instanceof HTMLInputElement || choice instanceof HTMLSelectElement)) continue;
    const value = choice instanceof HTMLInputElement ? `[value="${CSS.escape(choice.value)}"]` : "";
    const was = old.querySelector(`${choice.localName}[name="${CSS.escape(choice.name)}"]${value}`);
    if (was instanceof HTMLSelectElement) {
      if ([...choice.options].some((/** @type {HTMLOptionElement} */ option) => option.value === was.value)) choice.value = was.value;
    } else if (was instanceof HTMLInputElement && choice instanceof HTMLInputElement)
      choice.checked = was.checked && was.closest("li")?.textContent === choice.closest("li")?.textContent;
  }
}

/** Change the page without moving what the reader looks at. @param {() => void} change */
export function keepingPlace(change) {
  const seen = inView().map((element) => ({ id: element.id, element, top: element.getBoundingClientRect().top }));
  change();
  for (const { id, element, top } of seen) {
    const now = element.isConnected ? element : id && document.getElementById(id);
    if (!now) continue;
    const moved = now.getBoundingClientRect().top - top;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
    return;
  }
}

/** What the reader looks at, most important first: at the very top of a page, the top. @returns {Element[]} */
function inView() {
  const visible = (/** @type {Element} */ element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const field = document.activeElement;
  if (field?.matches("input, textarea, select") && visible(field)) return [field];
  if (scrollY === 0) return [];
  const items = [...document.querySelectorAll("[data-live-channel] > [data-order]")].filter(visible);
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const isContent = middle && middle !== document.documentElement && middle !== document.body;
  return isContent ? [...items, middle] : items;
}
