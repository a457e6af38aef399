// @ts-check
/**
 * Answers open where they are linked, a reaction is one press; what is new and what the reader pressed is marked: data-*
 * of #mine tell.
 */

import { all, ask, fill, goTo, itemAt, made, numberIn, onKey, one, parsed, tell as warn, viewer, within, wordsOf } from "./site.js";

const mine = one("#mine");
const stancesAllowed = document.body.dataset.role === "resident";

/** @returns {Promise<any>} */
const element = async (answer) => answer.ok ? parsed(await answer.text()).body.firstElementChild : null;

// ---- in place

/** Opens what a link leads to beside it, or closes it. */
async function toggle(link) {
  const place = link.closest("section, .post-head, .post-foot") ?? link;
  const opened = () => one(`[data-opened="${link.pathname}"]`, place.parentElement);
  const isOpen = Boolean(opened()?.childElementCount); // what changed since has gone
  link.ariaExpanded = String(!isOpen);
  if (isOpen) return opened().remove();
  let held, aside;
  do {
    held = posts?.dataset.liveNumber;
    aside = await element(await ask(link.href));
  } while (held !== posts?.dataset.liveNumber); // perhaps older
  if (!aside) return location.assign(link.href);
  opened()?.remove(); // pressed twice
  aside.dataset.opened = link.pathname;
  place[place.matches("section") ? "append" : "after"](aside);
}

// ---- reactions

/** What this reader pressed: `post:kind`. */
const pressed = new Set(mine?.dataset.reactions.split(" "));

function mark() {
  for (const form of all(".responses")) {
    const own = form.closest(".post")?.dataset.author === viewer;
    for (const button of all("button", form)) {
      button.ariaPressed = String(pressed.has(`${numberIn(form)}:${button.value}`));
      button.disabled = own || (!stancesAllowed && /agree/.test(button.value));
    }
  }
}

let last;

async function react(form, button) {
  const on = button.ariaPressed !== "true", { value } = button;
  await last;
  const answer = await ask(form.action, { method: "POST", body: new URLSearchParams({ kind: value, on: on ? "1" : "0" }) });
  if (answer.redirected) return location.assign(form.action);
  if (!answer.ok) return wordsOf(one(".error-summary, h1 + p", parsed(await answer.text())));
  for (const kind of /agree/.test(value) ? ["agree", "disagree"] : [value]) pressed.delete(`${numberIn(form)}:${kind}`);
  if (on) pressed.add(`${numberIn(form)}:${value}`);
  const now = await element(answer);
  (form.now ?? form).replaceWith(form.now = now); // unless it came live
  mark();
  one(`[value=${value}]`, now)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.detail > 1 && within(event, "[data-in-place], .responses")) return event.preventDefault(); // a double click is one press
  const link = within(event, "[data-in-place]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  toggle(link).catch(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = within(event, ".responses");
  if (!mine || !form) return;
  event.preventDefault();
  const post = form.closest(".post");
  // Never by leaving what is read and written here.
  last = react(form, event.submitter).then((refusal) => warn(post, refusal), () => warn(post, mine.dataset.unsent));
});

// ---- how far this reader has come

const TELL_AFTER = 2_000;
let seen = Number(mine?.dataset.read);
let told = seen;
let timer = 0;

/** Seldom, and once more when the page goes. */
function tell() {
  timer = 0;
  if (seen <= told) return;
  told = seen;
  ask(`/topics/${mine.dataset.topic}/read`, { method: "POST", keepalive: true, body: new URLSearchParams({ number: String(seen) }) }).catch(() => { told = 0; });
}

const onScreen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries)
    if (isIntersecting) seen = Math.max(seen, Number(/** @type {HTMLElement} */ (target).dataset.order));
  if (seen > told) timer ||= setTimeout(tell, TELL_AFTER);
});

// ---- at a glance, and by date

const glance = one("[data-load]");
/** @type {Promise<void> | undefined} */
let loading;

/** Asked for when somebody wants it. */
const load = () => loading ??= (async () => {
  const link = glance && one("a", glance);
  const summary = link && await element(await ask(link.href));
  if (summary) link.parentElement.replaceWith(summary);
})().catch(() => { loading = undefined; });

glance?.addEventListener("toggle", load);

const scrubber = one(".scrubber input");
scrubber?.addEventListener("input", async () => {
  const place = () => {
    const stretch = all("[data-last]").find((part) => Number(part.dataset.last) >= Number(scrubber.value));
    one("output").textContent = scrubber.ariaValueText = `#${scrubber.value} ${wordsOf(stretch && one("a", stretch))}`.trim();
  };
  place();
  await load();
  place();
});

// ---- one key for the next post, and one for the one before

function step(by) {
  const posts = all("#posts > .post");
  const here = document.activeElement?.closest("#posts > .post");
  const now = here ? posts.indexOf(here) : posts.findIndex((post) => post.getBoundingClientRect().bottom > 0) - (by > 0 ? 1 : 0);
  const post = itemAt(posts, now + by);
  if (post) goTo(post, "start");
}

onKey((key) => {
  const list = one("details:has([data-remember=keys])");
  if (key === "j") step(1);
  if (key === "k") step(-1);
  if (key === "?" && list) {
    list.open = true;
    one("summary", list).focus();
  }
});

// ---- topics with posts that are new to this reader; more may come while the page is open

const marks = one("#unread-topics");

const total = (row) => Number(one(".replies b", row)?.textContent);

/** What each topic had when the page came. @type {Record<string, number>} */
const before = {};

function markTopics() {
  if (marks) for (const row of all(".topic-row")) {
    const unread = Number(marks.getAttribute(`data-${row.id}`));
    if (!unread || one(".unread-mark", row)) continue;
    const n = unread + total(row) - (before[row.id] ??= total(row));
    one(".cluster", row)?.prepend(made("a", {
      className: "badge badge-info unread-mark", href: `/topics/${numberIn(row)}/unread`,
      textContent: fill(marks.dataset.text, { n: n > 99 ? "99+" : n }),
    }));
  }
}

// ---- start

function look(posts) {
  for (const post of all(":scope > .post", posts)) onScreen.observe(post);
  for (const done of mine.dataset.done.split(" ")) {
    const link = one(`[href="/posts/${done}"]`, posts);
    if (link) link.textContent = mine.dataset[done.split("/")[1]];
  }
  mark();
}

const posts = one("#posts");
if (mine && posts) {
  look(posts);
  addEventListener("pagehide", tell);
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node instanceof Element && node.matches(".post, .responses")))) look(posts);
  }).observe(posts, { childList: true, subtree: true });
}
markTopics();
if (marks) for (const list of all("[data-live-channel]")) new MutationObserver(markTopics).observe(list, { childList: true });
