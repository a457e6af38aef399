// @ts-check
/** The websocket: it comes back by itself, later and later, and notices when nobody is there. */

/** @typedef {import("./channel.js").Frame} Frame */

const RETRY_FIRST = 1_000;
const RETRY_LONGEST = 30_000;
const RESTARTED = 1012; // everybody comes back at the same moment: spread them
const SPREAD = 5_000;
const STABLE = 10_000; // a connection that lived this long ends the row of failures
const SILENCE = 45_000; // after this long without a frame, ask whether anybody is there
const ANSWER_WITHIN = 10_000;
const AWAKE_WITHIN = 5_000;
const WAKE_SPREAD = 500; // a whole office comes online at once

/** What happens at this end. @typedef {{opened: () => void, heard: (frame: Frame) => void, lost: (failures: number) => void}} End */

/** @type {End} */
let end;
/** @type {WebSocket|null} */
let socket = null;
let openedAt = 0;
let heardAt = 0;
let failures = 0;
let retry = 0;
let deadline = 0;

export const isOpen = () => socket?.readyState === WebSocket.OPEN;

/** @param {object} frame @returns {boolean} whether it left */
export function send(frame) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

/** Connect, and stay so. @param {End} ours */
export function start(ours) {
  end = ours;
  setInterval(() => probe(SILENCE, ANSWER_WITHIN), SILENCE / 3);
  connect();
}

/** Back from the background, from sleep, from a tunnel or in another network: do not wait for timers. What the
 * browser takes for an open connection may have died meanwhile. */
export function wake() {
  if (document.hidden) return;
  if (socket) probe(0, AWAKE_WITHIN);
  else connectWithin(Math.random() * WAKE_SPREAD);
}

/** Go quiet until woken. */
export function rest() {
  clearTimeout(retry);
  clearTimeout(deadline);
  const mine = socket;
  socket = null;
  openedAt = 0;
  mine?.close();
}

/** @param {number} delay */
function connectWithin(delay) {
  clearTimeout(retry);
  retry = setTimeout(connect, delay);
}

function connect() {
  const mine = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")));
  socket = mine;
  expectAnswer(ANSWER_WITHIN);
  mine.onopen = () => {
    if (mine !== socket) return;
    openedAt = Date.now();
    end.opened();
  };
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    heardAt = Date.now();
    clearTimeout(deadline);
    end.heard(JSON.parse(event.data));
  };
  mine.onclose = (event) => mine === socket && lost(event.code);
}

/** @param {number} code */
function lost(code) {
  clearTimeout(deadline);
  socket = null;
  failures = openedAt && Date.now() - openedAt > STABLE ? 1 : failures + 1;
  openedAt = 0;
  const longest = Math.min(RETRY_LONGEST, RETRY_FIRST * 2 ** (failures - 1));
  connectWithin(code === RESTARTED ? Math.random() * SPREAD : longest * (0.5 + Math.random() / 2));
  end.lost(failures);
}

/** Give the server some seconds to say anything at all. @param {number} within */
function expectAnswer(within) {
  clearTimeout(deadline);
  deadline = setTimeout(() => {
    const silent = socket;
    lost(0);
    silent?.close();
  }, within);
}

/** Ask whether anybody is there, after so much silence. @param {number} silence @param {number} within */
function probe(silence, within) {
  if (Date.now() - heardAt >= silence && send({ type: "ping" })) expectAnswer(within);
}
