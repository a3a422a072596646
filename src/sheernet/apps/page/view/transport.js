/**
 * Play, pause, step and reset, the speed, and the status of the run as a sentence.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Frame} Frame
 */
import { inWordsOfThePage } from "./argument_names.js";
import { button, html, setText } from "./dom.js";
import { count, shown } from "./numbers.js";
import { paced } from "./paced.js";

/** Iterations per second; 0 for no limit. */
const PACES = /** @type {[string, number][]} */ ([
  ["full speed", 0],
  ["10 a second", 10],
  ["3 a second", 3],
  ["1 a second", 1],
]);
const SPOKEN_EVERY = 1000; // minimum number of milliseconds between two sentences of the status

/** @param {Host} host */
export function render({ model, el }) {
  const transport = new Transport(model, el);
  for (const topic of ["frame", "state"]) model.on(`change:${topic}`, () => transport.update());
  document.addEventListener("keydown", (event) => transport.onKey(event));
}

class Transport {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.playing = button("Play", () => this.toggle(), { class: "primary", title: "Space" });
    this.pace = html(
      "select",
      { "aria-label": "Iterations a second", onchange: () => this.changePace() },
      ...PACES.map(([label, rate]) => html("option", { value: rate }, label)),
    );
    this.iteration = html("span", { class: "figure" });
    this.cost = html("span", { class: "figure" });
    this.status = html("p", { role: "status", class: "status" });
    this.otherStart = button("Other start", () => this.reset(true), { title: "Other initial weights: the next seed" });
    el.replaceChildren(
      html(
        "div",
        { class: "buttons" },
        this.playing,
        button("Step", () => this.step(), { title: "One iteration: ." }),
        button("Reset", () => this.reset(), { title: "Back to the initial weights: r" }),
        this.otherStart,
        this.pace,
      ),
      html("div", { class: "figures", "aria-hidden": "true" }, this.iteration, this.cost),
      this.status,
    );
    this.next = "";
    /** Show the last sentence; at most one per second, so that a screen reader can follow. */
    this.speak = paced(SPOKEN_EVERY, () => setText(this.status, this.next));
    this.isStepping = false; // a frame within a step has the status "running"
  }

  get running() {
    return this.model.get("frame")?.status === "running" && !this.isStepping;
  }

  toggle() {
    return this.running ? this.send({ command: "pause" }) : this.play();
  }

  play() {
    this.isStepping = false;
    return this.send({ command: "play", rate: Number(this.pace.value) || null });
  }

  changePace() {
    if (this.running) this.play();
  }

  step() {
    this.isStepping = true;
    return this.send({ command: "step", n: 1 });
  }

  reset(otherSeed = false) {
    const seed = this.model.get("state")?.exercise.seed ?? 0;
    return this.send(otherSeed ? { command: "reset", seed: seed + 1 } : { command: "reset" });
  }

  /** @param {import("./model.js").Command} command */
  async send(command) {
    const { error } = await this.model.send(command);
    if (error) this.say(error);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const control = target.closest("button, a, summary, [role=button], [role=tab]");
    if (event.key === " " && !control) this.toggle();
    else if (event.key === ".") this.step();
    else if (event.key === "r") this.reset();
    else return;
    event.preventDefault();
  }

  update() {
    const frame = this.model.get("frame");
    if (!frame) return;
    const waits = frame.status === "paused" && frame.iteration;
    setText(this.playing, this.running ? "Pause" : waits ? "Continue" : "Play");
    const exercise = this.model.get("state")?.exercise;
    this.otherStart.disabled = exercise?.hidden_controls.includes("seed") ?? false;
    const starts = exercise?.starts ?? 1;
    setText(
      this.iteration,
      `iteration ${frame.iteration}${starts > 1 ? `, start ${frame.start + 1} of ${starts}` : ""}`,
    );
    setText(this.cost, `cost ${shown(frame.cost, 6)}`);
    this.say(this.sentence(frame));
  }

  /** @param {Frame} frame */
  sentence(frame) {
    const at = `${count(frame.iteration, "iteration")}, cost ${shown(frame.cost)}`;
    const message = inWordsOfThePage(frame.message, this.model.get("state")?.controls ?? []);
    if (frame.status === "ended") return `Ended after ${at}. ${message}`;
    if (frame.status === "running") return `Running: ${at}.`;
    if (frame.status === "paused") return `Paused after ${at}. ${message}`;
    return `Ready: the initial weights have the cost ${shown(frame.cost)}. ${message}`;
  }

  /** @param {string} text */
  say(text) {
    this.next = text;
    this.speak();
  }
}
