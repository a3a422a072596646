/**
 * The data that the view shows, with the interface of anywidget's model: get, set, on, off, send.
 *
 * Names: `state` and `frame` (protocol.js; the parts of a frame that are sent only when they change are kept), `rows`
 * (all rows of the curves), `unit` (the id of the unit whose formula is shown), `panel` (the id of the open tab).
 * A host sets them: the page; a report of a run or a notebook could be other hosts.  Parts of the view draw changes.
 * `send` passes a command to the host, which answers by a promise.
 *
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./protocol.js").Curves} Curves
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {{ command: string, [argument: string]: unknown }} Command
 * @typedef {{ state: State | null, frame: Frame | null, rows: Curves, unit: string, panel: string }} Values
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
  /** @param {(command: Command) => Promise<Answer>} [send] */
  constructor(send) {
    /** @type {Values} */
    this.values = { state: null, frame: null, rows: noRows(), unit: "", panel: "" };
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
    /** The host's answer to commands; without it, the view is a record and offers no controls. */
    this.send =
      send ?? (async () => ({ state: null, check: null, error: "This is a record: nothing can be changed." }));
    this.live = send !== undefined;
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

  /**
   * @param {string} event
   * @param {() => void} listener
   */
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
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
    agreement: frame.agreement.length ? frame.agreement : previous.agreement,
    errors: frame.errors.length ? frame.errors : previous.errors,
    passes: frame.passes ?? previous.passes,
  };
}

/**
 * Call a function now and at each change of some values, but not while the element is in a tab that is hidden.
 * @param {Host} host
 * @param {(keyof Values)[]} names
 * @param {() => void} draw
 */
export function follow({ model, el }, names, draw) {
  const drawVisible = () => el.closest("[hidden]") || draw();
  for (const name of [...names, "panel"]) model.on(`change:${name}`, drawVisible);
  drawVisible();
}
