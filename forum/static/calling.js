// @ts-check
/** Offers people after @ and topics after # while somebody writes. Without this file both are typed. Words come from #offers. */

const PAUSE = 200;
// What is being called, up to the caret: letters and spaces of names end where the next mark begins.
const CALL = /([@＠#＃])「?([^\s@＠#＃「」[\]()]{2,20})$/u;
const list = /** @type {HTMLElement} */ (document.getElementById("offers"));
const area = /** @type {HTMLTextAreaElement} */ (list.closest("form")?.querySelector("textarea[name=body]"));
const status = /** @type {HTMLElement} */ (document.getElementById("live-status"));
let waiting = 0;
let asked = 0;

const call = () => CALL.exec(area.value.slice(0, area.selectionStart));
const chosen = () => list.querySelector("[aria-selected=true]");

function close() {
  asked++;
  list.hidden = true;
  list.replaceChildren();
  area.removeAttribute("aria-activedescendant");
}

/** As a text calls a person or names a topic. @param {HTMLAnchorElement} link */
function words(link) {
  const name = link.firstElementChild?.textContent ?? "";
  return link.pathname === "/search" ? `@「${name}」` : `[${name.replace(/[\\[\]*_`~<>&!]/g, "\\$&")}](${link.pathname})`;
}

/** @param {HTMLAnchorElement} link @param {number} n */
function option(link, n) {
  const item = document.createElement("li");
  item.id = `offer-${n}`;
  item.className = "row";
  item.role = "option";
  item.ariaSelected = "false";
  item.textContent = link.firstElementChild?.textContent ?? "";
  item.dataset.words = words(link);
  return item;
}

async function offer() {
  const turn = ++asked;
  const found = call();
  const answer = found && await fetch(`/search/suggestions?${new URLSearchParams({ q: found[2] })}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (turn !== asked) return;
  const kind = found && /[@＠]/.test(found[1]) ? "/search?author=" : "/topics/";
  const links = /** @type {HTMLAnchorElement[]} */ ([...new DOMParser().parseFromString(html, "text/html").querySelectorAll(`a[href^="${kind}"]`)]);
  if (!links.length) return close();
  list.replaceChildren(...links.map(option));
  list.hidden = false;
  status.textContent = (list.dataset.say ?? "").replace("{n}", String(links.length));
}

/** @param {Element | null} item */
function choose(item) {
  const found = call();
  if (!(item instanceof HTMLElement) || !found) return;
  area.setRangeText(item.dataset.words ?? "", found.index, area.selectionStart, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {Element | null | undefined} item */
function point(item) {
  if (!item) return;
  chosen()?.setAttribute("aria-selected", "false");
  item.setAttribute("aria-selected", "true");
  area.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

area.setAttribute("aria-autocomplete", "list");
area.setAttribute("aria-controls", list.id);
area.addEventListener("input", (event) => {
  clearTimeout(waiting);
  if (!(/** @type {InputEvent} */ (event).isComposing)) waiting = setTimeout(offer, PAUSE);
});
area.addEventListener("compositionend", () => { waiting = setTimeout(offer, PAUSE); });
area.addEventListener("blur", close);
area.addEventListener("keydown", (press) => {
  if (list.hidden || press.isComposing) return;
  const at = chosen();
  if (press.key === "ArrowDown") point(at ? at.nextElementSibling : list.firstElementChild);
  else if (press.key === "ArrowUp" && at) point(at.previousElementSibling);
  else if (press.key === "Enter" && at) choose(at);
  else if (press.key === "Escape") close();
  else return;
  press.preventDefault();
});
// A press that took the focus would close the list.
list.addEventListener("mousedown", (press) => {
  press.preventDefault();
  choose(press.target instanceof Element ? press.target.closest("li") : null);
});
