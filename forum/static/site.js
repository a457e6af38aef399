// @ts-check
/**
 * Drafts, replies without a reload, quotes, counters, files, and what is offered.
 * Words come from the page, in its language.
 */

// A browser that lets us keep nothing remembers until the page is left.
for (const name of ["localStorage", "sessionStorage"]) try { window[name]; } catch {
  const kept = new Map();
  Object.defineProperty(window, name, { value: Object.assign(kept, { getItem: kept.get, setItem: kept.set, removeItem: kept.delete }) });
}

const DRAFT = "draft:";
const SENT = "sent";
// Mail addresses and Japanese telephone numbers. A hint, never a block.
const PERSONAL = /[\w.+-]+@[\w-]+\.[\w.]+|(?<![\d-])0\d{1,4}[-‐－ー–]\d{1,4}[-‐－ー–]\d{3,4}(?![\d-])|(?<!\d)0[789]0\d{8}(?!\d)/;

export const viewer = document.body.dataset.viewer ?? "";

// ---- for all scripts

/** The first that fits; whoever asks knows what it is. @type {(selector: string, scope?: ParentNode) => any} */
export const one = (selector, scope = document) => scope.querySelector(selector);

export const words = one("#live-status").dataset;

/** @type {(selector: string, scope?: ParentNode) => any[]} */
export const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];

/** What it happened in. @type {(event: Event, selector: string) => any} */
export const within = ({ target }, selector) => target instanceof Element ? target.closest(selector) : null;

/** @returns {HTMLElement} */
export const made = (tag, values) => Object.assign(document.createElement(tag), values);

/** @param {RequestInit} [options] */
export const ask = (address, options) => fetch(address, { cache: "no-store", headers: { "X-Requested-With": "fetch", "X-Viewer": viewer }, ...options });

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** What it says, without readings and how long ago. */
export function wordsOf(element) {
  const copy = element?.cloneNode(true);
  if (copy) for (const reading of all("rt, rp, .age", copy)) reading.remove();
  return copy?.textContent.trim() ?? "";
}

export const say = (text) => { one("#live-status").textContent = text ?? ""; };

export const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** The field changed by itself. */
export const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

/** The number of what an element shows. */
export const numberIn = ({ id }) => id.replace(/\D+/, "");

/** The item so many further on, or the last one. @param {HTMLElement[]} items */
export const itemAt = (items, at) => items[Math.max(Math.min(at, items.length - 1), 0)];

/** As words in Markdown. */
export const plain = (text) => text.replace(/[\\[\]*_`~<>&!]/g, "\\$&");

/** Acts a moment after the last call; `false` calls it off. @param {() => void} act */
export function later(act, pause) {
  let timer = 0;
  return (wanted = true) => {
    clearTimeout(timer);
    if (wanted) timer = setTimeout(act, pause);
  };
}

// ---- keys

export const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select";

/** Single keys: off while somebody types, and by the switch of a page.
 * @param {(key: string, event: KeyboardEvent) => void} act */
export const onKey = (act) => document.addEventListener("keydown", (event) => {
  if (within(event, TYPED) || event.ctrlKey || event.metaKey || event.altKey || !one("[data-remember=keys]:checked")) return;
  act(event.key.toLowerCase(), event);
});

// Switches that this browser remembers.
for (const box of all("[data-remember]")) {
  const key = `switch:${box.dataset.remember}`, kept = localStorage.getItem(key);
  if (kept) box.checked = kept === "1";
  box.onchange = () => localStorage.setItem(key, box.checked ? "1" : "0");
}

// Forms that are filled in over and over are sent by Ctrl+Enter.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const form = within(event, "form[data-send-key]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

// What works on selected words may not take the focus, and the selection with it.
document.addEventListener("mousedown", (press) => {
  if (within(press, "[data-quote], [data-cut-selected], [data-passages-add], #offers")) press.preventDefault();
}, { capture: true });

// ---- the reader's own posts

/** Marks what this reader wrote; site.css shows the links that go with it. */
function markMine() {
  for (const post of all(`.post[data-author="${CSS.escape(viewer)}"]`)) post.classList.add("mine");
}

const posts = one("#posts");
if (posts) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node instanceof Element) node.classList.add("fresh");
    markMine();
  }).observe(posts, { childList: true });
}

// ---- drafts: the server keeps them; this browser only what has not arrived there

/** The fields a person types into. */
const typed = (form) => all("textarea[name], select[name], input[name]:is([type=text], [type=search], [type=url])", form);

const draftKey = (form) => `${DRAFT}${viewer}:${form.dataset.draft}`;

/** From which draft the form goes on. */
const draftField = (form) => one("[name=draft]", form);

/** What was typed, and from where it went on: another device may have gone on from there since. */
const written = (form) => [...typed(form), draftField(form)].filter(Boolean);

const keepHere = (form) => localStorage.setItem(draftKey(form), JSON.stringify(Object.fromEntries(written(form).map((field) => [field.name, field.value]))));

let keeping = Promise.resolve();

/** One after the other: each goes on from the one before. */
function keepDraft(form) {
  keepHere(form);
  keeping = keeping.then(() => saveDraft(form)).catch(() => {});
}

async function saveDraft(form) {
  const key = draftKey(form);
  const kept = localStorage.getItem(key);
  const from = draftField(form); // without it the draft stays in this browser
  const answer = kept && from && await post(form, "/drafts");
  if (!answer || !answer.ok) return;
  from.value = await answer.text();
  const now = localStorage.getItem(key);
  if (now === kept) localStorage.removeItem(key);
  else if (now) keepHere(form);
}

/** Puts back what never arrived, unless the server already did. */
function restoreDraft(form) {
  const kept = localStorage.getItem(draftKey(form));
  if (!kept || one(".error-summary", form)) return;
  const values = JSON.parse(kept);
  for (const field of written(form)) field.value = values[field.name] ?? field.value;
  say(words.restored);
  keepDraft(form);
}

/** It was accepted if the next page says what was done. */
function dropSentDraft() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (key && one("main .notice-good")) localStorage.removeItem(key);
}

/** On a shared computer nothing of the last person stays. */
function forgetDrafts() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
}

// ---- preview

let previews = 0;

/** How the text will look; from then on also while it is being typed. Only the last answer counts. */
async function preview(form) {
  const mine = ++previews, place = one("[data-previewed]", form);
  const answer = await post(form, one("[data-preview]", form).formAction);
  const page = parsed(await answer.text());
  if (mine !== previews) return;
  place.replaceChildren(...(one("main", page) ?? page.body).childNodes);
  place.hidden = false;
}

// ---- writing

/** Counts down once half of the limit is used. */
function count(area) {
  const limit = Number(area.dataset.limit);
  const left = limit - [...area.value.normalize("NFC")].length;
  let counter = one(".counter", area.parentElement);
  if (!counter) {
    if (left > limit / 2) return;
    counter = made("p", { className: "counter" });
    area.after(counter);
  }
  counter.classList.toggle("over", left < 0);
  counter.ariaLive = left < 0 ? "polite" : "off";
  counter.textContent = fill(left < 0 ? area.dataset.over : area.dataset.left, { n: Math.abs(left) });
}

/** Asks to look again at what may be personal, unless the server just did. */
function warnOfPersonalData(area) {
  const found = !one(".consent", area.form) && PERSONAL.test(area.value.normalize("NFKC"));
  const hint = one(".personal", area.parentElement);
  if (!found) hint?.remove();
  else if (!hint) area.after(made("p", { className: "personal notice notice-warn small", role: "status", textContent: words.personal }));
}

function prepare(form) {
  const offers = one("#offers", form);
  if (offers) offerCalls(one("textarea[name=body]", form), offers);
  restoreDraft(form);
  // A picture goes where one would go on writing, also before the first click.
  for (const area of all("textarea", form)) area.selectionStart = area.value.length;
  const look = () => all("textarea", form).forEach((area) => {
    if (area.dataset.limit) count(area);
    warnOfPersonalData(area);
  });
  const keepLater = later(() => {
    keepDraft(form);
    if (one("[data-previewed]:not([hidden])", form)) preview(form);
  }, 700);
  look();
  form.addEventListener("input", () => {
    look();
    keepLater();
  });
  form.addEventListener("submit", (event) => {
    keepLater(false);
    const button = event.submitter;
    if (button?.matches("[formaction$=discard]")) return localStorage.removeItem(draftKey(form));
    keepHere(form);
    if (button?.matches("[data-preview]")) preview(form).then(() => tell(form, ""), () => tell(form, words.offline));
    else if (button?.matches("[formaction]")) return;
    else if (form.dataset.into) send(form, button);
    else return sessionStorage.setItem(SENT, draftKey(form));
    event.preventDefault();
  });
}

/** @param {ScrollLogicalPosition} block */
export function goTo(post, block) {
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block });
}

// ---- sending without a reload

const post = (form, url) => ask(url, {
  method: "POST", body: new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value])),
});

const hold = (form, held) => typed(form).forEach((field) => { field.readOnly = held; });

async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  if (button) button.ariaDisabled = "true";
  hold(form, true); // what is typed now would be neither sent nor kept
  try {
    await keeping;
    const response = await post(form, form.action);
    const page = parsed(await response.text());
    if (response.status === 201) accept(form, page);
    else refuse(form, page);
  } catch {
    tell(form, words.offline);
  } finally {
    delete form.dataset.sending;
    if (button) button.ariaDisabled = null;
    hold(form, false);
  }
}

/** The post was taken: show it, and empty the form. */
function accept(form, page) {
  const post = one(".post", page);
  const list = one(`#${form.dataset.into}`);
  localStorage.removeItem(draftKey(form));
  if (!post || !list || Number(post.dataset.order) > Number(list.dataset.liveTo ?? Infinity))
    return location.assign(post ? `/posts/${numberIn(post)}` : location.pathname);
  form.reset();
  cancelReply(form);
  previews += 1; // also the one on its way
  one("[data-previewed]", form).hidden = true;
  for (const field of written(form)) field.value = "";
  for (const note of all(".error-summary, .error, .counter, .personal, .restored, .failed, .consent", form)) note.remove();
  for (const field of all("[aria-invalid]", form)) field.ariaInvalid = null;
  const there = one(`#${post.id}`);
  if (!there) list.append(post); // else it came live
  goTo(there ?? post, "nearest");
  say(words.sent);
}

/** The page that came back says why; its form takes the place of ours. */
function refuse(form, page) {
  const answer = page.getElementById(form.id);
  if (!(answer instanceof HTMLFormElement)) {
    // For who was logged out: the ways back in.
    const ways = answer ? all("a", answer) : [];
    for (const way of ways) way.remove();
    return tell(form, wordsOf(answer ?? one("main h1 + p", page)) || words.offline, ways);
  }
  form.replaceWith(answer);
  prepare(answer);
  focusProblem(answer);
}

/** What went wrong, instead of what was said before. */
export function tell(place, text, /** @type {HTMLElement[]} */ ways = []) {
  one(".failed", place)?.remove();
  if (!text) return;
  const note = made("p", { className: "failed notice notice-bad", role: "alert" }), said = made("span");
  said.append(text, ...ways.flatMap((way) => [" ", way]));
  note.append(said);
  place.append(note);
  note.scrollIntoView({ block: "nearest" });
}

const focusProblem = (scope) => one("[data-focus]", scope)?.focus();

// ---- reply and quote

function replyTo(form, post) {
  const text = one("[data-replying]", form);
  replyField(form).value = numberIn(post);
  text.textContent = fill(text.dataset.text, named(post));
  one(".replying", form).hidden = false;
}

function cancelReply(form) {
  replyField(form).value = "";
  const line = one(".replying", form);
  if (line) line.hidden = true;
}

const replyField = (form) => one("[name=reply_to_id]", form);

const named = (post) => ({ n: post.getAttribute("data-order") ?? "", name: one(".pen-name", post)?.textContent ?? "" });

/** The selected words, or all of the author's own, as a quote that names its source. */
function quote(post) {
  const selection = getSelection();
  const prose = one(".prose", post);
  const chosen = selection && prose.contains(selection.anchorNode) && prose.contains(selection.focusNode) ? selection.toString() : "";
  const { n, name } = named(post);
  prose.classList.add("without-readings");
  const said = chosen.trim() || prose.innerText.trim();
  prose.classList.remove("without-readings");
  const lines = said.replace(/\n{2,}/g, "\n\n").split("\n");
  return `> [${plain(name)} #${n}](/posts/${numberIn(post)})\n${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
}

document.addEventListener("click", (event) => {
  const link = within(event, "[data-reply], [data-quote], [data-cancel-reply]");
  const form = one("form#compose");
  if (!link || !form) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  const area = one("textarea", form);
  const post = link.closest(".post");
  if (!post) cancelReply(form);
  else {
    replyTo(form, post);
    if (link.matches("[data-quote]")) area.value = `${area.value && `${area.value.trimEnd()}\n\n`}${quote(post)}`;
    link.closest("details")?.removeAttribute("open");
  }
  changed(area);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
});

// ---- selected words can be quoted

const quoting = made("button", { className: "button button-quiet button-small", textContent: one("#compose")?.dataset.quotes ?? "" });
quoting.dataset.quote = "";
if (quoting.textContent) document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (document.activeElement === quoting) return;
  const prose = selection?.anchorNode?.parentElement?.closest(".post .prose");
  // A paragraph that is chosen whole ends where what follows begins.
  if (selection?.focusOffset === 0 && prose?.compareDocumentPosition(selection.focusNode) === 4) return selection.extend(prose, prose.childNodes.length);
  if (!selection || selection.isCollapsed || !prose?.contains(selection.focusNode)
    || selection.anchorNode?.parentElement?.closest("blockquote")) return quoting.remove();
  const foot = one(".post-foot", prose.closest(".post"));
  if (foot !== quoting.parentElement) foot?.prepend(quoting);
  const { bottom, left } = selection.getRangeAt(0).getBoundingClientRect();
  Object.assign(quoting.style, { position: "absolute", top: `${bottom + scrollY}px`, left: `${Math.min(left, innerWidth - quoting.offsetWidth - 16)}px` });
});

// ---- files

function parts(inside) {
  const form = inside?.closest("form");
  const adding = form && one("[data-adding]", form);
  return adding && {
    form, adding, area: one("textarea[name=body]", form), file: one("input[type=file]", adding),
    alt: one("[name=alt]", adding), button: one("[formaction]", adding),
  };
}
/** @typedef {NonNullable<ReturnType<typeof parts>>} Parts */

/** On a line of its own, where the caret is. */
function insert(area, words) {
  const before = area.value.slice(0, area.selectionStart).replace(/\n{1,2}$/, "");
  const after = area.value.slice(area.selectionEnd).replace(/^\n{1,2}/, "");
  area.setRangeText(`${before && "\n\n"}${words}\n\n`, before.length, area.value.length - after.length, "end");
  changed(area);
  area.focus();
}

/** The answer is what shows the file, or says why not. @param {Parts} of */
async function add(of) {
  const { adding, area, file, alt, button } = of;
  if (button.ariaDisabled) return;
  const data = new FormData();
  data.set("alt", alt.value);
  if (file.files[0]) data.set("file", file.files[0]);
  button.ariaDisabled = "true";
  try {
    const answer = await ask("/files", { method: "POST", body: data });
    const text = await answer.text();
    if (answer.status !== 201) {
      const says = answer.headers.get("Content-Type")?.startsWith("text/plain") ? text : adding.dataset.textFailed;
      return tell(adding, answer.status === 413 ? adding.dataset.textBig : says);
    }
    tell(adding, "");
    file.value = alt.value = "";
    adding.open = false;
    insert(area, text);
    say(adding.dataset.textAdded);
  } catch {
    tell(adding, adding.dataset.textFailed);
  } finally {
    button.ariaDisabled = null;
    if (!file.value && waiting.length) take(of, waiting);
  }
}

/** Those whose turn comes later. @type {any[]} */
let waiting = [];

/** What was pasted or dropped waits for what it shows. @param {Parts} of @param {Iterable<File>} files */
function take({ adding, file, alt, button }, files) {
  if (button.ariaDisabled) return waiting.push(...files);
  const turn = new DataTransfer();
  waiting = [...files];
  turn.items.add(waiting.shift());
  file.files = turn.files;
  adding.open = true;
  alt.focus();
}

document.addEventListener("submit", (event) => {
  const of = parts(within(event, "form"));
  if (!of) return;
  const adds = event.submitter === of.button || document.activeElement === of.alt;
  if (!adds && !of.file.files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (adds) return void add(of);
  of.adding.open = true;
  tell(of.adding, of.adding.dataset.textWaiting);
  of.button.focus();
}, { capture: true });

document.addEventListener("paste", (event) => {
  const of = within(event, "textarea") && parts(within(event, "textarea"));
  if (!of || !event.clipboardData?.files.length || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  take(of, event.clipboardData.files);
});

for (const kind of /** @type {const} */ (["dragover", "dragleave", "drop"])) document.addEventListener(kind, (event) => {
  const given = event.dataTransfer;
  const of = given?.types.includes("Files") && parts(within(event, "*"));
  if (!of || !given) return;
  event.preventDefault();
  of.form.classList.toggle("dropping", kind === "dragover");
  if (kind === "drop" && given.files.length) take(of, given.files);
});

// ---- offers

const PAUSE = 200;

/** Asks after each pause; only the last answer counts. Returns what calls it off. @param {() => string} wanted @param {(answer: Document) => void} show */
function offering(field, wanted, show) {
  let turn = 0;
  const soon = later(async () => {
    const mine = ++turn, q = wanted();
    const answer = q ? await ask(`/search/suggestions?${new URLSearchParams({ q })}`).catch(() => null) : null;
    const html = answer?.ok ? await answer.text() : "";
    if (mine === turn) show(parsed(html));
  }, PAUSE);
  field.addEventListener("input", (event) => soon(!(/** @type {InputEvent} */ (event).isComposing)));
  field.addEventListener("compositionend", () => soon());
  return () => {
    turn++;
    soon(false);
  };
}

// ---- people and topics in a text

// What is being called, up to the caret.
const CALL = /([@＠#＃])「?([^\s@＠#＃「」[\]()]{2,20})$/u;
/** As a text calls a person or names a topic. */
const called = ({ pathname }, name) => pathname === "/search" ? `@「${name}」` : `[${plain(name)}](${pathname})`;

function option(link, n) {
  const name = link.firstElementChild;
  const item = made("li", { id: `offer-${n}`, className: "row", role: "option", ariaSelected: "false" });
  item.dataset.words = called(link, wordsOf(name));
  item.append(name, " ", ...all(".badge", link));
  return item;
}

function offerCalls(area, offers) {
  const call = () => CALL.exec(area.value.slice(0, area.selectionStart));
  const chosen = () => one("[aria-selected=true]", offers);
  const stop = offering(area, () => call()?.[2] ?? "", (answer) => {
    const links = all(`a[href^="${/[@＠]/.test(call()?.[1] ?? "") ? "/search?author=" : "/topics/"}"]:not([href="${location.pathname}"])`, answer);
    if (!links.length) return close();
    offers.replaceChildren(...links.map(option));
    offers.hidden = false;
    say(fill(offers.dataset.say, { n: links.length }));
  });

  function close() {
    stop();
    offers.hidden = true;
    offers.replaceChildren();
    area.removeAttribute("aria-activedescendant");
  }

  function choose(item) {
    const found = call();
    if (!item || !found) return;
    area.setRangeText(item.dataset.words ?? "", found.index, area.selectionStart, "end");
    close();
    changed(area);
  }

  function point(item) {
    if (!item) return;
    chosen()?.setAttribute("aria-selected", "false");
    item.ariaSelected = "true";
    area.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  area.ariaAutoComplete = "list";
  area.setAttribute("aria-controls", offers.id);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (press) => {
    if (offers.hidden || press.isComposing) return;
    const at = chosen();
    if (press.key === "ArrowDown") point(at ? at.nextElementSibling : offers.firstElementChild);
    else if (press.key === "ArrowUp" && at) point(at.previousElementSibling);
    else if (press.key === "Enter" && at) choose(at);
    else if (press.key === "Escape") close();
    else return;
    press.preventDefault();
  });
  offers.addEventListener("mousedown", (press) => choose(within(press, "li")));
}

// ---- boards, topics and people in the search box

function offerFinds(field, place) {
  const form = field.form;
  const stop = offering(field, () => field.value.trim(), show);

  function show(answer) {
    place.replaceChildren(...answer.body.children);
    const list = place.firstElementChild;
    place.hidden = !list;
    say(list?.dataset.say);
  }

  function close() {
    stop();
    show(parsed(""));
  }

  form.addEventListener("keydown", (press) => {
    if (press.isComposing || place.hidden) return;
    // Up from the first is the field; there is nothing down from the last.
    const stops = [field, ...all("a", place)], at = stops.indexOf(document.activeElement);
    const next = { Escape: field, ArrowDown: stops[at + 1], ArrowUp: stops[at - 1] }[press.key];
    if (at < 0 || !next) return;
    press.preventDefault(); // browsers empty the field at Escape
    next.focus();
    if (press.key === "Escape") close();
  });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (!place.hidden && relatedTarget instanceof Node && !place.contains(relatedTarget) && relatedTarget !== field) close();
  });
}

// ---- start

document.documentElement.classList.add("js");
// reading.js tells how far somebody has read: the server need not guess.
document.cookie = "scripts=1; path=/; max-age=31536000; samesite=lax";
markMine();
dropSentDraft();
for (const form of all("form")) {
  if (form.dataset.draft) prepare(form);
  if ("forget" in form.dataset) form.addEventListener("submit", forgetDrafts);
}
for (const area of all("textarea[data-limit]")) if (!area.form?.dataset.draft) area.addEventListener("input", () => count(area));
focusProblem(document);
if (one("#suggestions")) offerFinds(one("#field-q"), one("#suggestions"));
