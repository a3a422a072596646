/**
 * The data that the view shows, by get, set, on and send.
 *
 * Names: `state` and `frame` (protocol.js; the parts of a frame that are sent only when they change are kept), `rows`
 * (all rows of the curves), `unit` (the id of the unit whose formula is shown).
 * The page sets them, and parts of the view draw changes.  `send` passes a command to the server.
 *
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./protocol.js").Curves} Curves
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {{ command: string, [argument: string]: unknown }} Command
 * @typedef {{ state: State | null, frame: Frame | null, rows: Curves, unit: string }} Values
 * @typedef {{ model: PageModel, el: HTMLElement }} Host
 */

/** @returns {Curves} */
export function noRows() {
  return {
    replace: true,
    iteration: [],
    objective: [],
    cost: [],
    validation: [],
    test: [],
    gradient_norm: [],
    step_length: [],
    damping: [],
  };
}

export class PageModel {
  /** @param {(command: Command) => Promise<Answer>} send the host's answer to commands */
  constructor(send) {
    /** @type {Values} */
    this.values = { state: null, frame: null, rows: noRows(), unit: "" };
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
    this.send = send;
  }

  /**
   * @template {keyof Values} K
   * @param {K} name
   * @returns {Values[K]}
   */
  get(name) {
    return this.values[name];
  }

  /**
   * @template {keyof Values} K
   * @param {K} name
   * @param {Values[K]} value
   */
  set(name, value) {
    this.values[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }

  /**
   * @param {string} event "change:NAME"
   * @param {() => void} listener
   */
  on(event, listener) {
    const listeners = this.listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.listeners.set(event, listeners);
  }
}

/**
 * The rows of the curves, extended by the rows of a frame.
 * @param {Curves} rows
 * @param {Curves} more
 * @returns {Curves}
 */
export function extended(rows, more) {
  if (more.replace) return more;
  if (!more.iteration.length) return rows;
  const names = /** @type {(keyof Omit<Curves, "replace">)[]} */ (
    Object.keys(rows).filter((name) => name !== "replace")
  );
  for (const name of names) /** @type {unknown[]} */ (rows[name]).push(...more[name]);
  return { ...rows };
}

/**
 * A frame, completed by those parts of the previous frame that are sent only when they change.
 * @param {Frame | null} previous
 * @param {Frame} frame
 * @returns {Frame}
 */
export function completed(previous, frame) {
  if (!previous || previous.revision !== frame.revision) return frame;
  let surface = frame.surface ?? previous.surface;
  if (surface && !surface.points.length && previous.surface) surface = { ...surface, points: previous.surface.points };
  return {
    ...frame,
    surface,
    figures: frame.figures.length ? frame.figures : previous.figures,
    passes: frame.passes ?? previous.passes,
  };
}

/**
 * Call a function now and at each change of some values.
 * @param {PageModel} model
 * @param {(keyof Values)[]} names
 * @param {() => void} draw
 */
export function follow(model, names, draw) {
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
}
