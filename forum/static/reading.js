// @ts-check
/**
 * Reading: answers open where they are linked, a reaction is one press, and what the reader pressed is marked.
 * Everything works without this file. What differs from reader to reader comes from data-* of #mine.
 */

const mine = document.getElementById("mine");
const stancesAllowed = document.body.dataset.role === "resident";
const viewer = document.body.dataset.viewer ?? "";

/** @param {string} address @param {RequestInit} [options] */
const ask = (address, options) => fetch(address, { cache: "no-store", headers: { "X-Requested-With": "fetch" }, ...options });

/** @param {string} html */
const parsed = (html) => /** @type {HTMLElement | null} */ (new DOMParser().parseFromString(html, "text/html").body.firstElementChild);

// ---- in place ----

/** Opens what a link leads to beside it, or closes it. @param {HTMLAnchorElement} link */
async function toggle(link) {
  const place = link.closest("section, .post-head, .post-foot") ?? link;
  const open = place.parentElement?.querySelector(`[data-opened="${CSS.escape(link.pathname)}"]`);
  link.setAttribute("aria-expanded", String(!open));
  if (open) return open.remove();
  const answer = await ask(link.href);
  const aside = answer.ok ? parsed(await answer.text()) : null;
  if (!aside) return location.assign(link.href);
  aside.dataset.opened = link.pathname;
  if (place.matches("section")) place.append(aside);
  else place.after(aside);
}

// ---- reactions ----

/** What this reader pressed, by post. @type {Map<string, Set<string>>} */
const pressed = new Map();
for (const entry of mine?.dataset.reactions?.split(" ") ?? []) {
  const [post, kind] = entry.split(":");
  if (kind) pressed.set(post, (pressed.get(post) ?? new Set()).add(kind));
}

/** @param {Element} form */
const postOf = (form) => form.id.replace("responses-", "");

/** @param {ParentNode} scope */
function mark(scope) {
  for (const form of scope.querySelectorAll(".responses")) {
    const own = form.closest(".post")?.getAttribute("data-author") === viewer;
    for (const button of form.querySelectorAll("button")) {
      button.ariaPressed = String(pressed.get(postOf(form))?.has(button.value) ?? false);
      button.disabled = own || (!stancesAllowed && /agree/.test(button.value));
    }
  }
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function react(form, button) {
  const on = button.ariaPressed !== "true";
  const post = postOf(form);
  const answer = await ask(form.action, { method: "POST", body: new URLSearchParams({ kind: button.value, on: on ? "1" : "0" }) });
  if (answer.redirected || !answer.ok) return location.assign(form.action);
  const kinds = pressed.get(post) ?? new Set();
  if (on && /agree/.test(button.value)) for (const stance of ["agree", "disagree"]) kinds.delete(stance);
  if (on) kinds.add(button.value);
  else kinds.delete(button.value);
  pressed.set(post, kinds);
  const now = parsed(await answer.text());
  document.getElementById(form.id)?.replaceWith(now ?? "");
  mark(now?.parentElement ?? document);
  /** @type {HTMLElement | null | undefined} */ (now?.querySelector(`[value=${button.value}]`))?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest("a[data-in-place]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!(link instanceof HTMLAnchorElement) || !plain) return;
  event.preventDefault();
  toggle(link).catch(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!mine || !(form instanceof HTMLFormElement) || !form.matches(".responses")) return;
  event.preventDefault();
  react(form, /** @type {HTMLButtonElement} */ (event.submitter)).catch(() => form.submit());
});

// ---- how far this reader has come ----

const TELL_AFTER = 2_000;
let seen = Number(mine?.dataset.read);
let told = seen;
let timer = 0;

/** Seldom, and once more when the page goes. */
function tell() {
  timer = 0;
  if (!mine || seen <= told) return;
  told = seen;
  ask(`/topics/${mine.dataset.topic}/read`, { method: "POST", keepalive: true, body: new URLSearchParams({ number: String(seen) }) }).catch(() => { told = 0; });
}

const onScreen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries)
    if (isIntersecting) seen = Math.max(seen, Number(/** @type {HTMLElement} */ (target).dataset.order));
  if (seen > told) timer ||= setTimeout(tell, TELL_AFTER);
});

// ---- at a glance, and by date ----

const glance = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-load]"));
/** @type {Promise<void> | undefined} */
let loading;

/** Who takes part and which page is of which day: asked for when somebody wants it. */
const load = () => loading ??= (async () => {
  const link = glance?.querySelector("a");
  const answer = link && await ask(link.href);
  const summary = answer?.ok ? parsed(await answer.text()) : null;
  if (summary) link?.parentElement?.replaceWith(summary);
})().catch(() => { loading = undefined; });

glance?.addEventListener("toggle", load);

const scrubber = /** @type {HTMLInputElement | null} */ (document.querySelector(".scrubber input"));
scrubber?.addEventListener("input", async () => {
  const output = scrubber.form?.querySelector("output");
  const place = () => {
    const stretch = [...glance?.querySelectorAll("[data-last]") ?? []].find((part) => Number(part.getAttribute("data-last")) >= Number(scrubber.value));
    scrubber.ariaValueText = `#${scrubber.value} ${stretch?.querySelector("a")?.textContent ?? ""}`.trim();
    if (output) output.textContent = scrubber.ariaValueText;
  };
  place();
  await load();
  place();
});

// ---- one key for the next post, and one for the one before ----

const OFF = "keys:off"; // as in queue.js
const keys = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys]"));

/** @param {number} by */
function step(by) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#posts > .post")]);
  const here = document.activeElement?.closest("#posts > .post");
  const now = here ? all.indexOf(/** @type {HTMLElement} */ (here)) : all.findIndex((post) => post.getBoundingClientRect().bottom > 0) - (by > 0 ? 1 : 0);
  const post = all[Math.min(Math.max(now + by, 0), all.length - 1)];
  if (!post) return;
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  const list = keys?.closest("details");
  if (event.key === "?" && list) {
    list.open = true;
    list.querySelector("summary")?.focus();
  }
});
if (keys) {
  keys.checked = !localStorage.getItem(OFF);
  keys.addEventListener("change", () => keys.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
}

// ---- start ----

/** @param {HTMLElement} posts */
function look(posts) {
  for (const post of posts.querySelectorAll(":scope > .post")) onScreen.observe(post);
  for (const id of mine?.dataset.bookmarks?.split(" ") ?? []) {
    const link = document.querySelector(`#post-${id || 0} [href$="/bookmark"]`);
    if (link) link.textContent = mine?.dataset.kept ?? "";
  }
  mark(posts);
}

const posts = document.getElementById("posts");
if (mine && posts) {
  look(posts);
  addEventListener("pagehide", tell);
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node instanceof Element && node.matches(".post, .responses")))) look(posts);
  }).observe(posts, { childList: true, subtree: true });
}
