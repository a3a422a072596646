/**
 * Curves over iterations, with the values under the pointer or the arrow keys, and a table of the data.
 *
 * @typedef {import("./numbers.js").Value} Value
 * @typedef {{ name: string, class: string, x: number[], y: Value[], hidden?: boolean }} Curve
 * @typedef {{ title: string, y: string, height?: number }} LineChartOptions
 */
import { html, newId, set, setText, svg } from "./dom.js";
import { Axes, roundEnd, roundRange } from "./chart_axes.js";
import { DataDetails, someOf } from "./data_details.js";
import { isNumber, nearest, rangeOf, shown } from "./numbers.js";

const TABLE_ROWS = 40;

export class LineChart {
  /**
   * @param {HTMLElement} el
   * @param {LineChartOptions} options
   */
  constructor(el, { title, y, height }) {
    this.title = title;
    this.log = true;
    /** @type {Curve[]} */
    this.curves = [];
    /** @type {SVGPathElement[]} */
    this.paths = [];
    this.names = "";
    /** @type {number | null} */
    this.read = null;
    const heading = newId();
    const box = html("input", { type: "checkbox", checked: true, onchange: () => this.switchAxis(box.checked) });
    this.keys = html("span", { class: "keys" });
    const name = html("span", { id: heading, class: "chart-title" }, title);
    this.head = html("figcaption", {}, name, this.keys, html("label", { class: "small" }, box, " log"));
    this.readout = html("output", { class: "readout", "aria-live": "polite" });
    this.table = new DataDetails(title, () => this.cells());
    const below = html("div", { class: "below" }, this.readout, this.table.node);
    const place = this.readablePlace();
    const figure = html("figure", { "aria-labelledby": heading }, this.head, place, below);
    el.append(figure);
    this.axes = new Axes(place, { label: title, x: "iteration", y, height });
    this.cursor = svg("path", { class: "cursor", visibility: "hidden" });
    this.axes.marks.append(this.cursor);
    this.axes.redraw.push(() => this.draw());
  }

  /** Position at which the pointer or the arrow keys read values. */
  readablePlace() {
    return html("div", {
      class: "readable",
      tabindex: 0,
      role: "group",
      "aria-label": `${this.title}: read values with the arrow keys`,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.onPointer(event),
      onpointerdown: (/** @type {PointerEvent} */ event) => this.onPointer(event),
      onpointerleave: () => this.readAt(null),
      onblur: () => this.readAt(null),
    });
  }

  /** @param {boolean} log */
  switchAxis(log) {
    this.log = log;
    this.draw();
  }

  /** @param {Curve[]} curves */
  update(curves) {
    const drawn = curves.filter((curve) => !curve.hidden && curve.y.some(isNumber));
    const names = drawn.map((curve) => curve.name + curve.class).join();
    if (names !== this.names) {
      this.names = names;
      this.paths.forEach((path) => path.remove());
      this.paths = drawn.map((curve) => svg("path", { class: `line ${curve.class}` }));
      this.axes.marks.append(...this.paths);
      this.keys.replaceChildren(...(drawn.length > 1 ? drawn.map(legendKey) : []));
    }
    this.curves = drawn;
    this.draw();
  }

  draw() {
    const [, last] = rangeOf(this.curves.flatMap((curve) => [curve.x[curve.x.length - 1]]));
    const [first] = rangeOf(this.curves.flatMap((curve) => [curve.x[0]]));
    const values = function* (/** @type {Curve[]} */ curves, /** @type {boolean} */ log) {
      for (const curve of curves) for (const value of curve.y) if (!log || (value && value > 0)) yield value;
    };
    const y = roundRange(rangeOf(values(this.curves, this.log)), this.log);
    this.axes.setRanges({ low: Math.min(0, first), high: roundEnd(last) }, y);
    this.curves.forEach((curve, i) => set(this.paths[i], "d", this.pathOf(curve)));
    if (this.read !== null) this.readAt(this.read);
    this.table.refresh();
  }

  /** @param {Curve} curve */
  pathOf({ x, y }) {
    const every = Math.max(1, Math.floor(x.length / (2 * this.axes.plotWidth)));
    let path = "";
    let pen = "M";
    for (let i = 0; i < x.length; i += every) {
      const k = i + every >= x.length ? x.length - 1 : i;
      const value = y[k];
      if (!isNumber(value) || (this.log && value <= 0)) {
        pen = "M";
        continue;
      }
      path += `${pen}${this.axes.point(x[k], value)}`;
      pen = "L";
    }
    return x.length === 1 && path ? `${path}m-3 0h6` : path; // a single point is a short line
  }

  /** The x values of the curve with the most points. */
  get positions() {
    return this.curves.reduce((/** @type {number[]} */ best, { x }) => (x.length > best.length ? x : best), []);
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const { left } = this.axes.svg.getBoundingClientRect();
    this.readAt(this.axes.atX(event.clientX - left));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const moves = /** @type {Record<string, number>} */ ({
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: -Infinity,
      End: Infinity,
    });
    const move = moves[event.key];
    if (move === undefined || !this.positions.length) return;
    event.preventDefault();
    const k = (this.read === null ? this.positions.length - 1 : nearest(this.positions, this.read)) + move;
    this.readAt(this.positions[Math.max(0, Math.min(this.positions.length - 1, k))]);
  }

  /** @param {number | null} x */
  readAt(x) {
    this.read = x;
    set(this.cursor, "visibility", x === null || !this.positions.length ? "hidden" : "visible");
    if (x === null || !this.positions.length) return setText(this.readout, "");
    const position = this.positions[nearest(this.positions, x)];
    const { top } = this.axes.corner;
    set(this.cursor, "d", `M${this.axes.px(position).toFixed(1)} ${top}v${this.axes.plotHeight}`);
    const values = this.curves.map((curve) => `${curve.name} ${shown(curve.y[nearest(curve.x, position)], 6)}`);
    setText(this.readout, `iteration ${position}: ${values.slice(0, 8).join(", ")}`);
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    const xs = this.positions;
    const { some, note } = someOf(xs, TABLE_ROWS);
    const rows = some.map((x) => [
      x,
      ...this.curves.map((curve) => (x > curve.x[curve.x.length - 1] ? "" : shown(curve.y[nearest(curve.x, x)], 6))),
    ]);
    return { headings: ["iteration", ...this.curves.map((curve) => curve.name)], rows, note };
  }
}

/**
 * The entry of a curve in the legend.
 * @param {{ name: string, class: string }} curve
 */
function legendKey({ name, class: kind }) {
  const line = svg(
    "svg",
    { width: 26, height: 10, "aria-hidden": "true" },
    svg("path", { class: `line ${kind}`, d: "M1 5H25" }),
  );
  return html("span", { class: "key" }, line, name);
}
