/**
 * Predicted against true values with their figures, and the histogram of errors; for classes, the table of counts.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Agreement} Agreement
 * @typedef {import("./protocol.js").Histogram} Histogram
 */
import { dataTable, html, scrolling, set, svg } from "./dom.js";
import { around, Axes } from "./chart_axes.js";
import { marker } from "./markers.js";
import { follow } from "./model.js";
import { rangeOf, shown } from "./numbers.js";

const SHARES = /** @type {const} */ (["training", "validation", "test"]);

/** @param {Host} host */
export function renderAgreement({ model, el }) {
  const chart = new AgreementChart(el);
  const draw = () => chart.update(model.get("frame")?.agreement ?? [], model.get("state")?.data.classes ?? []);
  follow({ model, el }, ["frame"], draw);
}

export class AgreementChart {
  /**
   * @param {HTMLElement} el
   * @param {string} [title]
   */
  constructor(el, title = "Predicted against true values") {
    const place = html("div");
    this.figures = html("div");
    this.plot = html("figure", {}, html("figcaption", {}, html("span", { class: "chart-title" }, title), html("span", { class: "keys" }, "● training, ■ validation, ▲ test")), place);
    el.append(this.plot, this.figures);
    this.axes = new Axes(place, { label: title, x: "true", y: "predicted", height: 250 });
    this.diagonal = svg("path", { class: "diagonal" });
    this.paths = SHARES.map((share) => svg("path", { class: `share ${share}` }));
    this.axes.marks.append(this.diagonal, ...this.paths);
    this.axes.redraw.push(() => this.draw());
    /** @type {Agreement[]} */
    this.parts = [];
    this.filled = 0;
  }

  /**
   * @param {Agreement[]} parts
   * @param {string[]} classes
   */
  update(parts, classes) {
    if (parts === this.parts) return;
    this.parts = parts;
    this.plot.hidden = classes.length > 0 || !parts.length;
    if (!this.plot.hidden) this.draw();
    this.figures.replaceChildren(...(parts.length ? [figuresTable(parts)] : []), ...(classes.length ? parts.map((part) => confusionTable(part, classes)) : []));
  }

  draw() {
    if (!this.parts.length) return;
    const range = around(rangeOf(this.parts.flatMap((part) => [...part.true, ...part.predicted])), 0.04);
    this.axes.setRanges(range, range);
    const { px, py } = { px: (/** @type {number} */ x) => this.axes.px(x), py: (/** @type {number} */ y) => this.axes.py(y) };
    set(this.diagonal, "d", `M${px(range.low)} ${py(range.low)}L${px(range.high)} ${py(range.high)}`);
    SHARES.forEach((share, kind) => {
      const part = this.parts.find((each) => each.share === share);
      set(this.paths[kind], "d", (part?.true ?? []).map((value, i) => marker(kind, px(value), py(part?.predicted[i] ?? 0), 2.8)).join(""));
    });
  }
}

/** @param {Agreement[]} parts */
function figuresTable(parts) {
  const classes = parts.some((part) => part.accuracy !== null);
  const headings = classes ? ["share", "rows", "accuracy", "log loss"] : ["share", "rows", "R", "R²", "RMSE"];
  const rows = parts.map((part) => [
    part.share, part.n, ...(classes ? [part.accuracy, part.log_loss] : [part.r, part.r2, part.rmse]).map((value) => shown(value)),
  ]);
  return dataTable("Figures of all rows", headings, rows);
}

/**
 * @param {Agreement} part
 * @param {string[]} classes
 */
function confusionTable(part, classes) {
  const rows = part.confusion.map((counts, i) => [classes[i], ...counts]);
  return scrolling(`Counts of ${part.share}`, dataTable(`${part.share}: rows of each class (down) by predicted class (across)`, ["true", ...classes], rows));
}

/** @param {Host} host */
export function renderErrors({ model, el }) {
  const place = html("div");
  const figure = html("figure", {}, html("figcaption", {}, html("span", { class: "chart-title" }, "Errors: predicted − true"), html("span", { class: "keys" }, "filled: training; dashed: validation; dotted: test")), place);
  const table = html("details", { class: "data", ontoggle: () => fill() }, html("summary", {}, "Table"));
  el.append(figure, table);
  const axes = new Axes(place, { label: "Histogram of errors", x: "error", y: "rows", height: 210 });
  const paths = SHARES.map((share) => svg("path", { class: `bars ${share}` }));
  axes.marks.append(...paths);
  /** @type {Histogram[]} */
  let parts = [];
  const draw = () => {
    figure.hidden = table.hidden = !parts.length;
    if (!parts.length) return;
    axes.setRanges(around(rangeOf(parts[0].edges), 0), { low: 0, high: 1.05 * Math.max(1, ...parts.flatMap((part) => part.counts)) });
    SHARES.forEach((share, i) => set(paths[i], "d", outline(axes, parts.find((part) => part.share === share))));
  };
  const fill = () => {
    if (!table.open || !parts.length) return;
    const rows = parts[0].counts.map((_, i) => [`${shown(parts[0].edges[i], 3)} to ${shown(parts[0].edges[i + 1], 3)}`, ...parts.map((part) => part.counts[i])]);
    table.replaceChildren(table.children[0], scrolling("Table: errors", dataTable("Rows by error", ["error", ...parts.map((part) => part.share)], rows)));
  };
  const update = () => {
    const now = model.get("frame")?.errors ?? [];
    if (now === parts && parts.length) return;
    parts = now;
    draw();
    fill();
  };
  axes.redraw.push(draw);
  follow({ model, el }, ["frame"], update);
}

/**
 * The outline of the bars of a histogram.
 * @param {Axes} axes
 * @param {Histogram | undefined} part
 */
function outline(axes, part) {
  if (!part) return "";
  const steps = part.counts.map((n, i) => `V${axes.py(n).toFixed(1)}H${axes.px(part.edges[i + 1]).toFixed(1)}`);
  return `M${axes.px(part.edges[0]).toFixed(1)} ${axes.py(0)}${steps.join("")}V${axes.py(0)}Z`;
}
