// @ts-check
/**
 * Puts a picture or a file into what is being written: chosen, pasted or dropped. Everything works without this file.
 * Words come from the page, in its language: data-* of [data-adding].
 */

/** @param {Element} inside */
function parts(inside) {
  const form = /** @type {HTMLFormElement} */ (inside.closest("form"));
  const adding = /** @type {HTMLDetailsElement | null} */ (form?.querySelector("[data-adding]"));
  if (!adding) return null;
  return {
    form, adding,
    area: /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea[name=body]")),
    file: /** @type {HTMLInputElement} */ (adding.querySelector("input[type=file]")),
    alt: /** @type {HTMLInputElement} */ (adding.querySelector("[name=alt]")),
    button: /** @type {HTMLButtonElement} */ (adding.querySelector("[formaction]")),
  };
}
/** @typedef {NonNullable<ReturnType<typeof parts>>} Parts */

/** @param {Parts} of @param {string | undefined} text */
function tell({ adding, button }, text) {
  let note = adding.querySelector("[role=alert]");
  if (!note) {
    note = document.createElement("p");
    note.className = "error";
    note.setAttribute("role", "alert");
    button.parentElement?.before(note);
  }
  note.textContent = text ?? "";
}

/** On a line of its own, where the caret is. @param {HTMLTextAreaElement} area @param {string} words */
function insert(area, words) {
  const before = area.value.slice(0, area.selectionStart), after = area.value.slice(area.selectionEnd);
  const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
  area.setRangeText(`${gap}${words}\n\n`, area.selectionStart, area.selectionEnd, "end");
  if (after.startsWith("\n")) area.setRangeText("", area.selectionEnd, area.selectionEnd + (after.startsWith("\n\n") ? 2 : 1), "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

/** Sends the file; the answer is what shows it, or a page that says why not. @param {Parts} of */
async function add(of) {
  const { form, adding, area, file, alt, button } = of;
  if (button.getAttribute("aria-disabled")) return;
  const data = new FormData();
  data.set("alt", alt.value);
  if (file.files?.[0]) data.set("file", file.files[0]);
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch("/files", { method: "POST", headers: { "X-Requested-With": "fetch" }, body: data });
    const text = await answer.text();
    if (answer.status !== 201) {
      const says = answer.headers.get("Content-Type")?.startsWith("text/plain") ? text : adding.dataset.textFailed;
      return tell(of, answer.status === 413 ? adding.dataset.textBig : says);
    }
    adding.querySelector("[role=alert]")?.remove();
    file.value = alt.value = "";
    adding.open = false;
    insert(area, text);
    const status = document.getElementById("live-status");
    if (status) status.textContent = adding.dataset.textAdded ?? "";
  } catch {
    tell(of, adding.dataset.textFailed);
  } finally {
    button.removeAttribute("aria-disabled");
    delete form.dataset.sending;
  }
}

/** A file that was pasted or dropped waits for what it shows. @param {Parts} of @param {DataTransfer} given */
function take({ adding, file, alt }, given) {
  const one = new DataTransfer();
  one.items.add(given.files[0]);
  file.files = one.files;
  adding.open = true;
  alt.focus();
}

document.addEventListener("submit", (event) => {
  const of = parts(/** @type {Element} */ (event.target));
  if (!of) return;
  const adds = event.submitter === of.button || document.activeElement === of.alt;
  if (!adds && !of.file.files?.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (adds) return void add(of);
  of.adding.open = true;
  tell(of, of.adding.dataset.textWaiting);
  of.button.focus();
}, { capture: true });

document.addEventListener("paste", (event) => {
  const area = event.target instanceof HTMLTextAreaElement ? event.target : null;
  const of = area && parts(area);
  if (!of || !event.clipboardData?.files.length || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  take(of, event.clipboardData);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const { target, dataTransfer } = /** @type {DragEvent} */ (event);
    const of = target instanceof Element && dataTransfer?.types.includes("Files") ? parts(target) : null;
    if (!of || !dataTransfer) return;
    event.preventDefault();
    of.form.classList.toggle("dropping", kind === "dragover");
    if (kind === "drop" && dataTransfer.files.length) take(of, dataTransfer);
  });
}
