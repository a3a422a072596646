/**
 * The predictions over the values of one input, with their bands, and a line at the value of the point.
 *
 * @typedef {import("./protocol.js").ProfiledCurve} ProfiledCurve
 * @typedef {import("./numbers.js").Value} Value
 * @typedef {{ name: string, class: string, k: number }} Line
 */
import { html, newId, set, setText, svg } from "./dom.js";
import { around, Axes } from "./chart_axes.js";
import { DataDetails, someOf } from "./data_details.js";
import { marker } from "./markers.js";
import { isNumber, nearest, rangeOf, shown, shownOn } from "./numbers.js";
import { SaveMenu } from "./saving.js";

const HEIGHT = 156;
const TABLE_ROWS = 12;
const ROOM = 0.5; // beside the first and the last label
const APART = 0.16; // distance of the classes of a label

export class ProfileChart {
  /**
   * @param {HTMLElement} el
   * @param {string} name of the input
   */
  constructor(el, name) {
    this.name = name;
    /** @type {Line[]} */
    this.lines = [];
    const heading = newId();
    const title = html("span", { id: heading, class: "chart-title" }, name);
    this.keys = html("span", { class: "keys" });
    const place = html("div");
    this.readout = html("output", { class: "readout" });
    this.table = new DataDetails(`predictions over ${name}`, () => this.cells());
    const below = html("div", { class: "below" }, this.readout, this.table.node);
    const figure = html(
      "figure",
      { "aria-labelledby": heading },
      html("figcaption", {}, title, this.keys),
      place,
      below,
    );
    el.append(figure);
    below.append(new SaveMenu(`predictions over ${name}`, figure, () => this.raw()).node);
    this.axes = new Axes(place, { label: `Predictions over ${name}`, y: "", height: HEIGHT });
    this.marks = svg("g");
    this.cursor = svg("path", { class: "cursor" });
    this.axes.marks.append(this.marks, this.cursor);
    this.axes.redraw.push(() => this.draw());
    place.addEventListener("pointermove", (event) => this.read(event));
    place.addEventListener("pointerleave", () => setText(this.readout, ""));
  }

  /**
   * @param {ProfiledCurve} curve
   * @param {Line[]} lines of the outputs that are drawn
   * @param {import("./chart_axes.js").Range} y
   * @param {string} yName
   * @param {HTMLElement[]} keys
   */
  update(curve, lines, y, yName, keys) {
    this.curve = curve;
    this.lines = lines;
    this.keys.replaceChildren(...keys);
    const names = hasLabels(curve) ? curve.values.map((value) => labelOf(curve, value)) : undefined;
    const x = names
      ? { low: -ROOM, high: names.length - 1 + ROOM, names }
      : { ...around(rangeOf(numbersOf(curve)), 0), kind: curve.kind };
    this.axes.setNames("", yName);
    this.axes.setRanges(x, y);
    this.draw();
    this.table.refresh();
  }

  draw() {
    const { curve } = this;
    if (!curve) return;
    const at = hasLabels(curve) ? curve.present : numbersOf(curve)[curve.present];
    const { top } = this.axes.corner;
    set(this.cursor, "d", `M${this.axes.px(at).toFixed(1)} ${top}v${this.axes.plotHeight}`);
    const parts = this.lines.flatMap((line, i) =>
      hasLabels(curve) ? this.labelNodes(curve, line, i) : this.lineNodes(curve, line),
    );
    this.marks.replaceChildren(...parts);
  }

  /**
   * @param {ProfiledCurve} curve
   * @param {Line} line
   */
  lineNodes(curve, { class: kind, k }) {
    const xs = numbersOf(curve);
    const path = (/** @type {Value[]} */ heights) =>
      heights.flatMap((height, i) => (isNumber(height) ? [this.axes.point(xs[i], height)] : []));
    const [mean, low, high] = [curve.mean[k], curve.low[k] ?? [], curve.high[k] ?? []].map(path);
    const nodes = low.length
      ? [svg("path", { class: `band ${kind}`, d: `M${low.join("L")}L${high.reverse().join("L")}Z` })]
      : [];
    if (mean.length) nodes.push(svg("path", { class: `line ${kind}`, d: `M${mean.join("L")}` }));
    return [...nodes, ...this.pointNodes(xs[curve.present], curve.mean[k][curve.present], kind)];
  }

  /**
   * @param {ProfiledCurve} curve
   * @param {Line} line
   * @param {number} i which of the lines
   */
  labelNodes(curve, { class: kind, k }, i) {
    const shift = (i - (this.lines.length - 1) / 2) * APART;
    return curve.mean[k].flatMap((height, g) => {
      if (!isNumber(height)) return [];
      const [low, high] = [curve.low[k]?.[g], curve.high[k]?.[g]];
      const x = this.axes.px(g + shift);
      const bar =
        isNumber(low) && isNumber(high)
          ? [svg("path", { class: `line ${kind}`, d: `M${x} ${this.axes.py(low)}V${this.axes.py(high)}` })]
          : [];
      return [...bar, svg("path", { class: `line ${kind} end`, d: marker(i, x, this.axes.py(height), 3.5) })];
    });
  }

  /**
   * @param {number} x
   * @param {Value} y
   * @param {string} kind
   */
  pointNodes(x, y, kind) {
    if (!isNumber(y)) return [];
    return [svg("path", { class: `line ${kind} end`, d: marker(0, this.axes.px(x), this.axes.py(y), 3.5) })];
  }

  /** @param {PointerEvent} event */
  read(event) {
    const { curve } = this;
    if (!curve) return;
    const at = this.axes.atX(event.clientX - this.axes.svg.getBoundingClientRect().left);
    const places = hasLabels(curve) ? curve.values.map((_, i) => i) : numbersOf(curve);
    const g = nearest(places, at);
    const values = this.lines.map(
      ({ name, k }) => `${this.lines.length > 1 ? `${name} ` : ""}${shown(curve.mean[k][g])}`,
    );
    setText(this.readout, `${labelOf(curve, curve.values[g])}: ${values.join(", ")}`);
  }

  /** The predictions over the values, in full precision. */
  raw() {
    const { curve } = this;
    if (!curve) return { headings: [], rows: [] };
    const columns = this.lines.flatMap(({ name, k }) => [
      { name, values: curve.mean[k] },
      ...(curve.low.length ? [{ name: `${name} low`, values: curve.low[k] }] : []),
      ...(curve.high.length ? [{ name: `${name} high`, values: curve.high[k] }] : []),
    ]);
    const rows = curve.written.map((value, g) => [value, ...columns.map(({ values }) => values[g])]);
    return { headings: [this.name, ...columns.map(({ name }) => name)], rows };
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    const { headings, rows } = this.raw();
    const { some, note } = someOf(rows, TABLE_ROWS);
    const { curve } = this;
    const text = (/** @type {any} */ value) => (curve && hasLabels(curve) ? String(value) : value);
    const written = some.map(([value, ...others]) => [
      typeof value === "number" ? shown(value) : text(value),
      ...others.map((each) => shown(each)),
    ]);
    return { headings, rows: written, note };
  }
}

/** @param {ProfiledCurve} curve */
function hasLabels({ kind }) {
  return kind === "category" || kind === "boolean";
}

/** @param {ProfiledCurve} curve */
function numbersOf({ values }) {
  return /** @type {number[]} */ (values);
}

/**
 * @param {ProfiledCurve} curve
 * @param {string | number} value
 */
function labelOf({ kind }, value) {
  if (kind === "boolean") return value ? "true" : "false";
  return typeof value === "number" ? shownOn(kind, value) : value;
}
