/**
 * Predicted against true values with statistics, and the histogram of errors; for classes, the confusion matrix.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Agreement} Agreement
 * @typedef {import("./protocol.js").Histogram} Histogram
 */
import { dataTable, html, scrolling, set, setText, svg } from "./dom.js";
import { around, Axes } from "./chart_axes.js";
import { DataDetails, someOf } from "./data_details.js";
import { marker } from "./markers.js";
import { follow } from "./model.js";
import { rangeOf, shown } from "./numbers.js";
import { SaveMenu } from "./saving.js";

const TABLE_ROWS = 60;
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
    this.figures = html("div", { class: "tables" });
    this.table = new DataDetails(title.toLowerCase(), () => this.cells());
    this.plot = html(
      "figure",
      {},
      html(
        "figcaption",
        {},
        html("span", { class: "chart-title" }, title),
        html("span", { class: "keys" }, "● training, ■ validation, ▲ test"),
      ),
      place,
    );
    const menu = new SaveMenu(title, this.plot, () => this.raw());
    this.plot.append(html("div", { class: "below" }, this.table.node, menu.node));
    el.append(this.plot, this.figures);
    this.axes = new Axes(place, { label: title, x: "true", y: "predicted", height: 250 });
    this.diagonal = svg("path", { class: "diagonal" });
    this.paths = SHARES.map((share) => svg("path", { class: `share ${share}` }));
    this.axes.marks.append(this.diagonal, ...this.paths);
    this.axes.redraw.push(() => this.draw());
    /** @type {Agreement[]} */
    this.parts = [];
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
    this.figures.replaceChildren(
      ...(parts.length ? [figuresTable(parts)] : []),
      ...(classes.length ? parts.map((part) => confusionTable(part, classes)) : []),
    );
    this.table.refresh();
  }

  raw() {
    const rows = this.parts.flatMap(({ share, true: known, predicted }) =>
      known.map((value, i) => [share, value, predicted[i]]),
    );
    return { headings: ["share", "true", "predicted"], rows };
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    const rows = this.parts.flatMap((part) =>
      part.true.map((value, i) => [
        part.share,
        shown(value),
        shown(part.predicted[i]),
        shown(part.predicted[i] - value),
      ]),
    );
    const { some, note } = someOf(rows, TABLE_ROWS);
    return { headings: ["share", "true", "predicted", "error"], rows: some, note };
  }

  draw() {
    if (!this.parts.length) return;
    const range = around(rangeOf(this.parts.flatMap((part) => [...part.true, ...part.predicted])), 0.04);
    this.axes.setRanges(range, range);
    const { axes } = this;
    set(this.diagonal, "d", `M${axes.point(range.low, range.low)}L${axes.point(range.high, range.high)}`);
    SHARES.forEach((share, kind) => {
      const { true: known, predicted } = this.parts.find((part) => part.share === share) ?? { true: [], predicted: [] };
      const marks = known.map((value, i) => marker(kind, axes.px(value), axes.py(predicted[i]), 2.8));
      set(this.paths[kind], "d", marks.join(""));
    });
  }
}

/** @param {Agreement[]} parts */
function figuresTable(parts) {
  const classes = parts.some((part) => part.accuracy !== null);
  const headings = classes ? ["share", "rows", "accuracy", "log loss"] : ["share", "rows", "R", "R²", "RMSE"];
  const rows = parts.map((part) => [
    part.share,
    part.n,
    ...(classes ? [part.accuracy, part.log_loss] : [part.r, part.r2, part.rmse]).map((value) => shown(value)),
  ]);
  return dataTable("Figures of all rows", headings, rows);
}

/**
 * @param {Agreement} part
 * @param {string[]} classes
 */
function confusionTable(part, classes) {
  const rows = part.confusion.map((counts, i) => [classes[i], ...counts]);
  return scrolling(
    `Counts of ${part.share}`,
    dataTable(`${part.share}: true classes in rows, predicted classes in columns`, ["true", ...classes], rows),
  );
}

/** @param {Host} host */
export function renderErrors({ model, el }) {
  const chart = new ErrorChart(el);
  follow({ model, el }, ["frame"], () =>
    chart.update(model.get("frame")?.errors ?? [], (model.get("state")?.data.classes.length ?? 0) > 0),
  );
}

class ErrorChart {
  /** @param {HTMLElement} el */
  constructor(el) {
    this.title = html("span", { class: "chart-title" });
    const keys = html("span", { class: "keys" }, "filled: training; dashed: validation; dotted: test");
    const place = html("div");
    this.table = new DataDetails("rows by error", () => this.cells());
    this.figure = html("figure", {}, html("figcaption", {}, this.title, keys), place);
    const menu = new SaveMenu("errors", this.figure, () => this.raw());
    this.figure.append(html("div", { class: "below" }, this.table.node, menu.node));
    el.append(this.figure);
    this.axes = new Axes(place, { label: "Histogram of errors", x: "error", y: "rows", height: 210 });
    this.paths = SHARES.map((share) => svg("path", { class: `bars ${share}` }));
    this.axes.marks.append(...this.paths);
    this.axes.redraw.push(() => this.draw());
    /** @type {Histogram[]} */
    this.parts = [];
  }

  /**
   * @param {Histogram[]} parts
   * @param {boolean} classes
   */
  update(parts, classes) {
    if (parts === this.parts) return;
    this.parts = parts;
    setText(this.title, classes ? "Errors: 1 − probability of the true class" : "Errors: predicted − true");
    this.draw();
    this.table.refresh();
  }

  draw() {
    this.figure.hidden = !this.parts.length;
    if (!this.parts.length) return;
    const most = Math.max(1, ...this.parts.flatMap((part) => part.counts));
    this.axes.setRanges(around(rangeOf(this.parts[0].edges), 0), { low: 0, high: 1.05 * most });
    SHARES.forEach((share, i) => {
      const part = this.parts.find((each) => each.share === share);
      set(this.paths[i], "d", part ? outline(this.axes, part) : "");
    });
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    const { headings, rows } = this.raw();
    const written = rows.map(([low, high, ...counts]) => [`${shown(low, 3)} to ${shown(high, 3)}`, ...counts]);
    return { headings: ["error", ...headings.slice(2)], rows: written };
  }

  /** The edges and the counts of the bars. */
  raw() {
    const edges = this.parts[0]?.edges ?? [];
    const rows = edges.slice(1).map((edge, i) => [edges[i], edge, ...this.parts.map((part) => part.counts[i])]);
    return { headings: ["from", "to", ...this.parts.map((part) => part.share)], rows };
  }
}

/**
 * The outline of the bars of a histogram.
 * @param {Axes} axes
 * @param {Histogram} part
 */
function outline(axes, part) {
  const steps = part.counts.map((n, i) => `V${axes.py(n).toFixed(1)}H${axes.px(part.edges[i + 1]).toFixed(1)}`);
  return `M${axes.px(part.edges[0]).toFixed(1)} ${axes.py(0)}${steps.join("")}V${axes.py(0)}Z`;
}
