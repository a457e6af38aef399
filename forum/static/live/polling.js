// @ts-check
/** Where websockets are blocked: what was missed, asked over plain HTTP. */

/** @typedef {import("./channel.js").Channel} Channel */
/** @typedef {import("./channel.js").Frame} Frame */

let isAsking = false;

/** Ask once for every channel; the answers are those of the socket.
 * @param {Iterable<Channel>} channels @param {(frame: Frame) => void} heard */
export async function poll(channels, heard) {
  const asked = [...channels].filter((channel) => !channel.fetching);
  if (isAsking || asked.length === 0) return;
  isAsking = true;
  asked.forEach((channel) => channel.reconnected());
  const question = asked.flatMap(({ name, held }) => [["channel", name], ["after", String(held ?? "")]]);
  try {
    const response = await fetch(`/live?${new URLSearchParams(question)}`, { cache: "no-store" });
    if (response.ok) (await response.json()).forEach(heard);
  } catch {
    // No network or no server either. The next attempt to connect asks again.
  } finally {
    isAsking = false;
  }
}
