/**
 * The predictions of the network over its inputs: a curve with its band, a map, or the regions of classes, with rows of
 * the table.  A click on a point chooses its row.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Surface} Surface
 * @typedef {import("./protocol.js").SurfacePoint} SurfacePoint
 */
import { html, set, setText, svg } from "./dom.js";
import { around, Axes } from "./chart_axes.js";
import { DataDetails, gridCells, someOf } from "./data_details.js";
import { HeatMap } from "./heat_map.js";
import { marker } from "./markers.js";
import { follow } from "./model.js";
import { linearTicks, nearest, rangeOf, shown, shownCell, shownOn } from "./numbers.js";

const [LARGE, SMALL, MANY] = [3.6, 2.6, 120]; // radius of few and of many points
const LETTER = 4; // half the width of a letter of a name, in pixels
const TABLE_ROWS = 12;
const OVERSHOOT = 0.7; // fraction of the target range by which the y axis is extended for a curve

/** @param {Host} host */
export function render({ model, el }) {
  const chart = new SurfaceChart(model, el);
  follow(model, ["frame"], () => chart.update());
}

class SurfaceChart {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    /** @type {Surface | null} */
    this.drawn = null;
    /** @type {SurfacePoint[] | null} */
    this.drawnPoints = null;
    this.ranges = "";
    /** @type {[number | undefined, SurfacePoint[] | null]} */
    this.marked = [undefined, null];
    this.title = html("span", { class: "chart-title" }, "Prediction");
    this.note = html("p", { class: "small muted" });
    this.readout = html("output", { class: "readout" });
    const place = html("div", {});
    this.table = new DataDetails("prediction", () => this.cells());
    const below = html("div", { class: "below" }, this.readout, this.table.node);
    const figure = html("figure", {}, html("figcaption", {}, this.title), place, below, this.note);
    el.append(figure);
    this.axes = new Axes(place, {
      label: "What the network predicts over its inputs",
      x: "",
      y: "",
      height: 272,
      map: true,
    });
    this.map = new HeatMap(this.axes);
    this.band = svg("path", { class: "band" });
    this.line = svg("path", { class: "line training" });
    this.points = svg("g", { class: "points" });
    this.labels = svg("g", { class: "region-names" });
    this.axes.curves.append(this.band, this.line);
    this.axes.marks.append(this.points, this.labels);
    this.axes.redraw.push(() => {
      this.drawnPoints = null;
      this.drawn = null;
      this.update();
    });
    place.addEventListener("pointermove", (event) => this.read(event));
    place.addEventListener("pointerleave", () => setText(this.readout, ""));
  }

  update() {
    const surface = this.model.get("frame")?.surface;
    if (!surface) return;
    const changed = surface !== this.drawn;
    this.drawn = surface;
    if (changed) {
      if (surface.kind === "curve") this.drawCurve(surface);
      else this.drawMap(surface);
      this.table.refresh();
    }
    this.markRow();
  }

  /** @param {Surface} surface */
  drawCurve(surface) {
    const [axis] = surface.axes;
    const values = /** @type {number[]} */ (surface.values);
    this.map.hide();
    this.labels.replaceChildren();
    const ys = surface.points.map((point) => point.y);
    const points = around(rangeOf(ys), OVERSHOOT);
    const reached = around(rangeOf([...ys, ...values, ...surface.low, ...surface.high]), 0.04);
    const range = ys.length
      ? { low: Math.max(points.low, reached.low), high: Math.min(points.high, reached.high) }
      : reached;
    this.axes.setRanges(rangeAlong(axis), range);
    this.axes.setNames(named(axis), surface.output);
    setText(this.title, `${surface.output} over ${axis.name}`);
    const along = (/** @type {number[]} */ heights) =>
      heights.map((value, i) => this.axes.point(axis.values[i], value));
    set(this.line, "d", `M${along(values).join("L")}`);
    const band = surface.low.length
      ? `M${along(surface.low).join("L")}L${along(surface.high).reverse().join("L")}Z`
      : "";
    set(this.band, "d", band);
    this.describe(surface, band ? "The band contains 95 % of new values." : "");
    this.drawPoints(surface, () => 0.5);
  }

  /** @param {Surface} surface */
  drawMap(surface) {
    const [xAxis, yAxis] = surface.axes;
    const values = /** @type {number[][]} */ (surface.values);
    set(this.line, "d", "");
    set(this.band, "d", "");
    this.axes.setRanges(rangeAlong(xAxis), rangeAlong(yAxis));
    this.axes.setNames(named(xAxis), named(yAxis));
    const { low, high, levels } = scaleOf(surface, values);
    this.labels.replaceChildren(...(surface.classes.length > 2 ? this.regionNames(surface) : []));
    this.map.draw({ x: xAxis.values, y: yAxis.values, values, low, high, levels });
    setText(
      this.title,
      surface.kind === "classes"
        ? `Decision regions${surface.output && ` of ${surface.output}`}`
        : `${surface.output} over ${xAxis.name} and ${yAxis.name}`,
    );
    const ends =
      surface.classes.length > 2
        ? "Lines are the borders of the regions."
        : surface.kind === "classes"
          ? `Probability of ${surface.output}: 0 orange, 1 blue, 0.5 on the line.`
          : `Orange ${shown(low, 3)}, blue ${shown(high, 3)}; lines at ${levels.map((level) => shown(level, 3)).join(", ")}.`;
    this.describe(surface, ends);
    this.drawPoints(surface, (target) => (target - low) / (high - low || 1));
  }

  /**
   * The name of each class, in its region.
   * @param {Surface} surface
   */
  regionNames({ axes: [x, y], values, classes }) {
    const cells = /** @type {number[][]} */ (values).flatMap((row, j) => row.map((value, i) => ({ value, i, j })));
    return classes.flatMap((name, k) => {
      const mine = cells.filter((cell) => cell.value === k);
      if (!mine.length) return [];
      const [i0, j0] = [mean(mine.map((cell) => cell.i)), mean(mine.map((cell) => cell.j))];
      const far = (/** @type {{ i: number, j: number }} */ { i, j }) => (i - i0) ** 2 + (j - j0) ** 2;
      const { i, j } = mine.reduce((best, cell) => (far(cell) < far(best) ? cell : best));
      const { left } = this.axes.corner;
      const half = LETTER * name.length;
      const at = Math.max(left + half, Math.min(left + this.axes.plotWidth - half, this.axes.px(x.values[i])));
      return [svg("text", { x: at, y: this.axes.py(y.values[j]) }, name)];
    });
  }

  /**
   * @param {Surface} surface
   * @param {string} sentence
   */
  describe(surface, sentence) {
    const held = Object.entries(surface.held).map(([name, value]) => `${name} = ${shownCell(value)}`);
    const classes = surface.classes.length
      ? `Classes: ${surface.classes.map((name, i) => `${name} ${"●■▲◆"[i % 4]}`).join(", ")}.`
      : "";
    const shares = new Set(surface.points.map((point) => point.share));
    const filled = shares.size > 1 ? "Filled: training; open: validation and test." : "";
    setText(
      this.note,
      [sentence, classes, filled, held.length ? `Held: ${held.join(", ")}.` : ""].filter(Boolean).join(" "),
    );
  }

  /**
   * @param {Surface} surface
   * @param {(target: number) => number} share of the way from orange to blue
   */
  drawPoints(surface, share) {
    if (this.drawnPoints === surface.points && this.ranges === JSON.stringify([this.axes.x, this.axes.y])) return;
    this.drawnPoints = surface.points;
    this.ranges = JSON.stringify([this.axes.x, this.axes.y]);
    this.points.replaceChildren(...surface.points.map((point) => this.pointNode(surface, point, share)));
  }

  /**
   * @param {Surface} surface
   * @param {SurfacePoint} point
   * @param {(target: number) => number} share
   */
  pointNode(surface, point, share) {
    const number = classNumber(surface, point.target);
    const t = number === null ? share(Number(point.target)) : surface.classes.length > 2 ? 0.5 : number;
    const side = surface.kind === "curve" || Math.abs(t - 0.5) < 0.02 ? "between" : t < 0.5 ? "low" : "high";
    const title = `Row ${point.row} (${point.share}): ${shownCell(point.target)}`;
    return svg(
      "path",
      {
        class: `point ${side} ${point.share}`,
        d: marker(
          number ?? 0,
          this.axes.px(point.x),
          this.axes.py(point.y),
          surface.points.length > MANY ? SMALL : LARGE,
        ),
        "data-row": point.row,
        onclick: () => this.model.send({ command: "row", row: point.row }),
      },
      svg("title", {}, title),
    );
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    const surface = this.model.get("frame")?.surface;
    if (!surface) return { headings: [], rows: [] };
    const [x, y] = surface.axes;
    if (surface.kind !== "curve") {
      const text = (/** @type {number} */ i, /** @type {number} */ j) => valueText(surface, surface.values[j][i]);
      return gridCells(`${y.name} / ${x.name}`, x.values, y.values, text, [x.kind, y.kind]);
    }
    const band = surface.low.length ? [surface.low, surface.high] : [];
    const rows = x.values.map((value, i) => [
      shownOn(x.kind, value),
      ...[surface.values, ...band].map((column) => shown(column[i])),
    ]);
    const { some, note } = someOf(rows, TABLE_ROWS);
    return { headings: [x.name, surface.output, ...(band.length ? ["low", "high"] : [])], rows: some, note };
  }

  /** Mark the row whose passes are shown. */
  markRow() {
    const row = this.model.get("frame")?.passes?.row;
    if (row === this.marked[0] && this.drawnPoints === this.marked[1]) return;
    this.marked = [row, this.drawnPoints];
    for (const node of this.points.children)
      node.classList.toggle("chosen", node.getAttribute("data-row") === String(row));
  }

  /** @param {PointerEvent} event */
  read(event) {
    const surface = this.model.get("frame")?.surface;
    if (!surface) return;
    const { left, top } = this.axes.svg.getBoundingClientRect();
    const [x, y] = [this.axes.atX(event.clientX - left), this.axes.atY(event.clientY - top)];
    const [across, up] = surface.axes;
    const i = nearest(across.values, x);
    if (surface.kind === "curve") {
      const place = shownOn(across.kind, across.values[i]);
      return setText(this.readout, `${across.name} ${place}: ${surface.output} ${shown(surface.values[i])}`);
    }
    const value = valueText(surface, surface.values[nearest(up.values, y)][i]);
    const place = `${across.name} ${shownOn(across.kind, x)}, ${up.name} ${shownOn(up.kind, y)}`;
    setText(this.readout, `${place}: ${surface.output} ${value}`);
  }
}

/**
 * @param {Surface} surface
 * @param {number} value
 */
function valueText(surface, value) {
  return surface.classes.length > 2 ? surface.classes[value] : shown(value);
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/**
 * @param {import("./protocol.js").Axis} axis
 * @returns {import("./chart_axes.js").Range}
 */
function rangeAlong({ values, kind }) {
  return { ...around(rangeOf(values), 0), kind };
}

/** @param {{ name: string, unit: string }} axis */
function named(axis) {
  return axis.unit ? `${axis.name} (${axis.unit})` : axis.name;
}

/**
 * The class index of a target, or null for a numeric target.
 * @param {Surface} surface
 * @param {unknown} target
 */
function classNumber(surface, target) {
  if (!surface.classes.length) return null;
  const found = surface.classes.indexOf(String(target));
  return found < 0 ? Number(target) : found;
}

/**
 * The ends of the colors and the levels of the lines; for numeric targets, they are constant: those of all rows.
 * @param {Surface} surface
 * @param {number[][]} values
 */
function scaleOf(surface, values) {
  const n = surface.classes.length;
  if (n > 2) return { low: 0, high: n - 1, levels: surface.classes.slice(1).map((_, i) => i + 0.5) };
  if (surface.kind === "classes") return { low: 0, high: 1, levels: [0.5] };
  const targets = surface.points.map((point) => Number(point.target)).filter(Number.isFinite);
  const [low, high] = rangeOf(targets.length ? targets : values.flat());
  return { low, high, levels: linearTicks(low, high, 5) };
}
