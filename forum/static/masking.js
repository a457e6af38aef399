// Adds the selected words to the passages that are to be masked. Without this, they are copied or typed.

for (const offer of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-passages-add]"))) {
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(offer.dataset.passagesAdd ?? ""));
  offer.hidden = false;
  offer.querySelector("button")?.addEventListener("click", () => {
    const lines = field.value.split("\n");
    const chosen = String(getSelection()).split("\n");
    field.value = [...new Set([...lines, ...chosen].map((line) => line.trim()).filter(Boolean))].join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // A button that takes the focus would take the selection away.
  offer.addEventListener("mousedown", (press) => press.preventDefault());
}
