// @ts-check
/**
 * Makes the pages better where scripts run: drafts survive, a reply appears without a reload, quotes and counters.
 * Everything works without this file. Words come from the page, in its language: data-* of #live-status.
 */

const DRAFT = "draft:";
const SENT = "sent";
// Mail addresses and telephone numbers as people write them in Japan. A hint to the writer, never a block.
const PERSONAL = /[\w.+-]+@[\w-]+\.[\w.]+|(?<![\d-])0\d{1,4}[-‐－ー–]\d{1,4}[-‐－ー–]\d{3,4}(?![\d-])|(?<!\d)0[789]0\d{8}(?!\d)/;

const viewer = document.body.dataset.viewer ?? "";
const status = /** @type {HTMLElement} */ (document.getElementById("live-status"));
const words = status.dataset;

/** @param {string | undefined} text */
const say = (text) => { status.textContent = text ?? ""; };

/** @param {string | undefined} text @param {Record<string, string | number>} values */
const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** @param {string} html */
const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

// ---- forms that are filled in over and over are sent by Ctrl+Enter ----

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const form = event.target instanceof Element ? event.target.closest("form[data-send-key]") : null;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  form.requestSubmit();
});

// ---- the reader's own posts ----

/** Marks what this reader wrote; site.css shows the links that go with it. */
function markMine() {
  if (!viewer) return;
  for (const post of document.querySelectorAll(`.post[data-author="${CSS.escape(viewer)}"]`)) post.classList.add("mine");
}

const posts = document.getElementById("posts");
if (posts) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node instanceof Element) node.classList.add("fresh");
    markMine();
  }).observe(posts, { childList: true });
}

// ---- drafts: the server keeps them; this browser only what has not arrived there ----

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/** @param {HTMLFormElement} form @returns {Field[]} the fields a person types into */
const typed = (form) => /** @type {Field[]} */ ([...form.querySelectorAll("textarea[name], select[name], input[name]:is([type=text], [type=search], [type=url])")]);

/** @param {HTMLFormElement} form */
const draftKey = (form) => `${DRAFT}${viewer}:${form.dataset.draft}`;

/** From which draft the form goes on. @param {HTMLFormElement} form */
const draftField = (form) => /** @type {HTMLInputElement} */ (form.elements.namedItem("draft"));

/** @param {HTMLFormElement} form */
const keepHere = (form) => localStorage.setItem(draftKey(form), JSON.stringify(Object.fromEntries(typed(form).map((field) => [field.name, field.value]))));

let keeping = Promise.resolve();

/** One after the other: each goes on from the one before. @param {HTMLFormElement} form */
function keepDraft(form) {
  keepHere(form);
  keeping = keeping.then(() => saveDraft(form)).catch(() => {});
}

/** @param {HTMLFormElement} form */
async function saveDraft(form) {
  const key = draftKey(form);
  const kept = localStorage.getItem(key);
  const answer = kept && await post(form, "/drafts");
  if (!answer || !answer.ok) return;
  draftField(form).value = await answer.text();
  if (localStorage.getItem(key) === kept) localStorage.removeItem(key);
}

/** Puts back what never arrived, unless the server already did. @param {HTMLFormElement} form */
function restoreDraft(form) {
  const kept = localStorage.getItem(draftKey(form));
  if (!kept || form.querySelector(".error-summary")) return;
  const values = JSON.parse(kept);
  for (const field of typed(form)) field.value = values[field.name] ?? field.value;
  say(words.restored);
  keepDraft(form);
}

/** A form that was sent and is not on the page that followed has been accepted. */
function dropSentDraft() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-draft]"));
  if (key && ![...forms].some((form) => draftKey(form) === key)) localStorage.removeItem(key);
}

/** On a shared computer nothing of the last person stays. */
function forgetDrafts() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
}

// ---- preview ----

/** How the text will look; from then on also while it is being typed. @param {HTMLFormElement} form */
async function preview(form) {
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-previewed]"));
  const answer = await post(form, /** @type {HTMLButtonElement} */ (form.querySelector("[data-preview]")).formAction);
  const page = parsed(await answer.text());
  place.replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
  place.hidden = false;
}

// ---- writing ----

/** Counts down once half of the limit is used. @param {HTMLTextAreaElement} area */
function count(area) {
  const limit = Number(area.dataset.limit);
  const left = limit - [...area.value.normalize("NFC")].length;
  let counter = area.parentElement?.querySelector(".counter");
  if (!counter) {
    if (left > limit / 2) return;
    counter = document.createElement("p");
    counter.className = "counter";
    area.after(counter);
  }
  counter.classList.toggle("over", left < 0);
  counter.setAttribute("aria-live", left < 0 ? "polite" : "off");
  counter.textContent = fill(left < 0 ? area.dataset.over : area.dataset.left, { n: Math.abs(left) });
}

/** Asks a writer to look again, unless the server just did, where something looks like a telephone number or a mail address. @param {HTMLTextAreaElement} area */
function warnOfPersonalData(area) {
  const asked = area.form?.querySelector(".consent");
  const found = !asked && PERSONAL.test(area.value.normalize("NFKC"));
  let hint = area.parentElement?.querySelector(".personal");
  if (!found) return hint?.remove();
  if (hint) return;
  hint = document.createElement("p");
  hint.className = "personal notice notice-warn small";
  hint.setAttribute("role", "status");
  hint.textContent = words.personal ?? "";
  area.after(hint);
}

/** @param {HTMLFormElement} form */
function prepare(form) {
  let timer = 0;
  restoreDraft(form);
  const look = () => form.querySelectorAll("textarea").forEach((area) => {
    if (area.dataset.limit) count(area);
    warnOfPersonalData(area);
  });
  look();
  form.addEventListener("input", () => {
    look();
    clearTimeout(timer);
    timer = setTimeout(() => {
      keepDraft(form);
      if (form.querySelector("[data-previewed]:not([hidden])")) preview(form);
    }, 700);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    const button = event.submitter;
    if (button?.matches("[formaction$=discard]")) return localStorage.removeItem(draftKey(form));
    keepHere(form);
    if (button?.matches("[data-preview]")) preview(form);
    else if (button?.matches("[formaction]")) return;
    else if (form.dataset.into) send(form, button);
    else return sessionStorage.setItem(SENT, draftKey(form));
    event.preventDefault();
  });
}

// ---- sending without a reload ----

/** @param {HTMLFormElement} form @param {string} url */
const post = (form, url) => fetch(url, {
  method: "POST", headers: { "X-Requested-With": "fetch" }, body: new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value])),
});

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  button?.setAttribute("aria-disabled", "true");
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
    button?.removeAttribute("aria-disabled");
  }
}

/** The post was taken: show it, and empty the form. @param {HTMLFormElement} form @param {Document} page */
function accept(form, page) {
  const post = /** @type {HTMLElement | null} */ (page.querySelector(".post"));
  const list = document.getElementById(form.dataset.into ?? "");
  localStorage.removeItem(draftKey(form));
  if (!post || !list || Number(post.dataset.order) > Number(list.dataset.liveTo ?? Infinity)) {
    location.assign(post ? `/posts/${post.id.replace("post-", "")}` : location.pathname);
    return;
  }
  form.reset();
  cancelReply(form);
  for (const field of [...typed(form), draftField(form)]) field.value = "";
  form.querySelectorAll(".error-summary, .error, .counter, .personal, .restored, .failed, .consent").forEach((node) => node.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  const there = document.getElementById(post.id);
  if (there) there.replaceWith(post);
  else list.append(post);
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "nearest" });
  say(words.sent);
}

/** The page that came back says why; its form takes the place of ours. @param {HTMLFormElement} form @param {Document} page */
function refuse(form, page) {
  const answer = page.getElementById(form.id);
  if (!(answer instanceof HTMLFormElement)) {
    tell(form, (answer ?? page.querySelector("main h1 + p"))?.textContent?.trim() || words.offline);
    return;
  }
  form.replaceWith(answer);
  prepare(answer);
  focusProblem(answer);
}

/** @param {HTMLFormElement} form @param {string | undefined} text */
function tell(form, text) {
  form.querySelector(".failed")?.remove();
  const note = document.createElement("p");
  note.className = "failed notice notice-bad";
  note.setAttribute("role", "alert");
  note.textContent = text ?? "";
  form.append(note);
}

/** @param {ParentNode} scope */
const focusProblem = (scope) => /** @type {HTMLElement | null} */ (scope.querySelector("[data-focus]"))?.focus();

// ---- reply and quote ----

/** @param {HTMLFormElement} form @param {Element} post */
function replyTo(form, post) {
  const line = /** @type {HTMLElement} */ (form.querySelector(".replying"));
  const text = /** @type {HTMLElement} */ (form.querySelector("[data-replying]"));
  replyField(form).value = post.id.replace("post-", "");
  text.textContent = fill(text.dataset.text, named(post));
  line.hidden = false;
}

/** @param {HTMLFormElement} form */
function cancelReply(form) {
  replyField(form).value = "";
  const line = /** @type {HTMLElement | null} */ (form.querySelector(".replying"));
  if (line) line.hidden = true;
}

/** @param {HTMLFormElement} form */
const replyField = (form) => /** @type {HTMLInputElement} */ (form.elements.namedItem("reply_to_id"));

/** @param {Element} post */
const named = (post) => ({ n: /** @type {HTMLElement} */ (post).dataset.order ?? "", name: post.querySelector(".pen-name")?.textContent ?? "" });

/** The selected words of the post, or all of them, as a Markdown quote that names its source. @param {Element} post */
function quote(post) {
  const selection = getSelection();
  const prose = /** @type {HTMLElement} */ (post.querySelector(".prose"));
  const chosen = selection && prose.contains(selection.anchorNode) && prose.contains(selection.focusNode) ? selection.toString() : "";
  const { n, name } = named(post);
  prose.classList.add("without-readings");
  const said = chosen.trim() || prose.innerText.trim();
  prose.classList.remove("without-readings");
  const lines = said.replace(/\n{2,}/g, "\n\n").split("\n");
  return `> [${name.replace(/[\\[\]*_`~<>&!]/g, "\\$&")} #${n}](/posts/${post.id.replace("post-", "")})\n${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-reply], [data-quote], [data-cancel-reply]") : null;
  const form = document.getElementById("compose");
  if (!link || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const area = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
  const post = link.closest(".post");
  if (!post) cancelReply(form);
  else {
    replyTo(form, post);
    if (link.matches("[data-quote]")) area.value = `${area.value && `${area.value.trimEnd()}\n\n`}${quote(post)}`;
    link.closest("details")?.removeAttribute("open");
  }
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
});

// ---- words that are selected in a post can be quoted ----

const quoting = document.createElement("button");
quoting.className = "button button-quiet button-small";
quoting.dataset.quote = "";
quoting.textContent = document.getElementById("compose")?.dataset.quotes ?? "";
// A button that takes the focus would take the selection away.
quoting.onmousedown = (press) => press.preventDefault();
if (quoting.textContent) document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (document.activeElement === quoting) return;
  const prose = selection?.anchorNode?.parentElement?.closest(".post .prose");
  if (!selection || selection.isCollapsed || !prose?.contains(selection.focusNode)) return quoting.remove();
  const foot = prose.closest(".post")?.querySelector(".post-foot");
  if (foot && quoting.parentElement !== foot) foot.prepend(quoting);
});

// ---- start ----

document.documentElement.classList.add("js");
// Then reading.js tells how far somebody has read, and the server need not guess.
document.cookie = "scripts=1; path=/; max-age=31536000; samesite=lax";
markMine();
dropSentDraft();
for (const form of document.querySelectorAll("form")) {
  if (form.dataset.draft) prepare(form);
  if ("forget" in form.dataset) form.addEventListener("submit", forgetDrafts);
}
for (const area of document.querySelectorAll("textarea")) {
  if (area.dataset.limit && !area.form?.dataset.draft) area.addEventListener("input", () => count(area));
}
focusProblem(document);
