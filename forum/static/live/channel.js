// @ts-check
/** What this page holds of its channels: the numbers, the gaps and the doubts. */

import { apply, setNumber } from "./page.js";

/**
 * @typedef {{number: number|null, kind: "put"|"remove"|"skip", id: string, html: string, order: number|null}} Delta
 * @typedef {{type: string, channel: string, deltas: Delta[], after: number|null, upto: number|null}} Frame
 *
 * What a channel needs done: `ask` tells whether the question left, `fetch` fetches what is `wanted`.
 * @typedef {{ask: (channel: Channel) => boolean, fetch: () => void}} Ways
 */

const ASK_AFTER = 200; // a gap often closes by itself, and a thousand readers should not ask at once
const KEEP_AHEAD = 500; // deltas kept beyond a gap

/** Mirrored in tests/realtime/reader.py. */
export class Channel {
  /** @param {string} name @param {number|null} held the change number the page was rendered with
   * @param {Ways} ways */
  constructor(name, held, ways) {
    this.name = name;
    this.held = held;
    this.ways = ways;
    /** Deltas beyond a gap. @type {Map<number, Delta>} */
    this.ahead = new Map();
    /** Deltas without a number that came while the region was being fetched. @type {Delta[]} */
    this.later = [];
    this.asking = 0;
    this.doubts = false;
    this.fetching = false;
    this.wanted = false;
  }

  /** A new connection: every question asked on the old one is void. */
  reconnected() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.doubts = false;
    this.ahead.clear();
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.type === "deltas") frame.deltas.forEach((delta) => this.hear(delta));
    else if (frame.type === "caught_up") this.catchUp(frame.deltas, frame.after, frame.upto);
    else if (frame.type === "resync") this.resync(frame.after);
  }

  /** @param {Delta} delta */
  hear(delta) {
    if (this.fetching && (delta.number === null || this.held === null)) this.later.push(delta);
    else if (delta.number === null || this.held === null) apply(this.name, delta);
    else if (delta.number > this.held) {
      this.ahead.set(delta.number, delta);
      this.drain();
    }
  }

  /** Each element comes once and as it is now, so any order will do; that of the page keeps the counter right.
   * @param {Delta[]} deltas @param {number|null} after @param {number|null} upto */
  catchUp(deltas, after, upto) {
    this.asking = 0;
    if (after === null || upto === null || this.held === null) return;
    // What is being fetched may be older than this answer: ask again for what came between.
    if (this.fetching) this.doubts = true;
    else if (after <= this.held) {
      const held = this.held;
      deltas.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
      for (const delta of deltas) if ((delta.number ?? 0) > held) apply(this.name, delta);
      this.held = Math.max(held, upto);
    }
    this.drain();
  }

  /** @param {number|null} after not null when this answers a question of ours */
  resync(after) {
    if (after === null && this.held !== null) {
      this.doubts = true;
      this.drain();
    } else this.fetch();
  }

  /** Apply what follows without a gap; ask when a gap or a doubt remains. */
  drain() {
    if (this.fetching || this.held === null) return;
    for (let next; (next = this.ahead.get(this.held + 1)); this.held += 1) apply(this.name, next);
    for (const number of this.ahead.keys()) if (number <= this.held) this.ahead.delete(number);
    if (this.ahead.size > KEEP_AHEAD) {
      this.ahead.clear();
      this.doubts = true;
    }
    setNumber(this.name, this.held);
    if (this.isLacking()) this.asking ||= setTimeout(() => this.ask(), Math.random() * ASK_AFTER);
  }

  isLacking() {
    return this.ahead.size > 0 || this.doubts;
  }

  /** A doubt ends when the question leaves, not when its answer comes: one raised between them needs a new answer. */
  ask() {
    if (this.isLacking() && this.ways.ask(this)) this.doubts = false;
    else this.asking = 0;
  }

  /** Have the region fetched. */
  fetch() {
    clearTimeout(this.asking);
    this.asking = 0;
    this.fetching = this.wanted = true;
    this.ways.fetch();
  }

  /** The region was fetched anew, as of this number. @param {number|null} held */
  fetched(held) {
    // Asked again meanwhile: what came may be too old already.
    if (this.wanted) return;
    // The page may be older than what had been applied on top of the last one.
    if (this.held !== null && held !== null && held < this.held) this.doubts = true;
    this.held = held;
    this.fetching = false;
    this.later.splice(0).forEach((delta) => apply(this.name, delta));
    this.drain();
  }
}
