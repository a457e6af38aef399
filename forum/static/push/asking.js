// @ts-check
/** Asks the browser where notices go on this device, and sends that with the form. */

import { one, tell } from "../site.js";

const form = one("form[data-push]");

/** An earlier one may be of another key: it asks anew. */
async function subscribed() {
  await navigator.serviceWorker.register("/inbox/worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
}

async function ask() {
  const refused = await Notification.requestPermission() !== "granted";
  if (refused) return tell(form, form.dataset.textRefused);
  const { endpoint, keys } = (await subscribed()).toJSON();
  for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
  form.submit();
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  one("[data-no-push]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask().catch(() => tell(form, form.dataset.textFailed));
  });
}
