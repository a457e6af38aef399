// @ts-check
/** Marks the topics with posts that are new to this reader; more may come while the page is open. */

const marks = document.getElementById("unread-topics");

/** @param {Element} row */
const total = (row) => Number(row.querySelector(".replies b")?.textContent);

/** What each topic had when the page came. @type {Map<string, number>} */
const before = new Map();

function show() {
  for (const row of document.querySelectorAll(".topic-row")) {
    const unread = Number(marks?.getAttribute(`data-${row.id}`));
    if (!unread || row.querySelector(".unread-mark")) continue;
    if (!before.has(row.id)) before.set(row.id, total(row));
    const n = unread + total(row) - (before.get(row.id) ?? 0);
    const link = document.createElement("a");
    link.className = "badge badge-info unread-mark";
    link.href = `/topics/${row.id.replace("topic-", "")}/unread`;
    link.textContent = (marks?.dataset.text ?? "").replace("{n}", n > 99 ? "99+" : String(n));
    row.querySelector(".cluster")?.prepend(link);
  }
}

show();
for (const list of document.querySelectorAll("[data-live-channel]")) new MutationObserver(show).observe(list, { childList: true });
