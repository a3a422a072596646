/**
 * The cost over a plane of weights, on a logarithmic scale of colors, with the paths of methods.
 *
 * @typedef {import("./protocol.js").Plane} Plane
 * @typedef {import("./numbers.js").Value} Value
 * @typedef {{ name: string, class: string, x: Value[], y: Value[] }} Path
 */
import { html, setText, svg } from "./dom.js";
import { around, Axes } from "./chart_axes.js";
import { DataDetails, gridCells } from "./data_details.js";
import { HeatMap } from "./heat_map.js";
import { legendKey } from "./line_chart.js";
import { marker } from "./markers.js";
import { isNumber, nearest, rangeOf, shown } from "./numbers.js";
import { SaveMenu } from "./saving.js";

const LEVELS = 9;

export class Landscape {
  /** @param {HTMLElement} el */
  constructor(el) {
    this.keys = html("span", { class: "keys" });
    this.readout = html("output", { class: "readout" });
    this.note = html("p", { class: "small muted" });
    const place = html("div");
    this.table = new DataDetails("cost over a plane of weights", () => this.cells());
    const title = html("span", { class: "chart-title" }, "Cost over a plane of weights");
    const below = html("div", { class: "below" }, this.readout, this.table.node);
    const figure = html("figure", {}, html("figcaption", {}, title, this.keys), place, below, this.note);
    below.append(new SaveMenu("cost over a plane of weights", figure, () => this.raw()).node);
    el.append(figure);
    this.axes = new Axes(place, { label: "Cost over a plane of weights", x: "", y: "", height: 340, map: true });
    this.map = new HeatMap(this.axes);
    this.paths = svg("g");
    this.axes.marks.append(this.paths);
    this.axes.redraw.push(() => this.draw());
    place.addEventListener("pointermove", (event) => this.read(event));
  }

  /**
   * @param {Plane} plane
   * @param {Path[]} paths
   */
  show(plane, paths) {
    this.shown = { plane, paths };
    this.keys.replaceChildren(...paths.map(legendKey));
    const explained =
      plane.explained === null
        ? ""
        : `The plane explains ${shown(100 * plane.explained, 3)} % of the variance of the paths; off it, costs differ. `;
    setText(
      this.note,
      `${plane.sentence || explained} ○ start, ● end. The bluer, the higher the cost (logarithmic scale).`,
    );
    this.axes.resize();
    this.draw();
    this.table.fill();
  }

  /** The cost at all points of the grid. */
  raw() {
    if (!this.shown) return { headings: [], rows: [] };
    const { x, y, values, x_name, y_name } = this.shown.plane;
    const rows = y.flatMap((up, j) => x.map((across, i) => [across, up, values[j][i]]));
    return { headings: [x_name, y_name, "cost"], rows };
  }

  /** @returns {import("./data_details.js").Cells} */
  cells() {
    if (!this.shown) return { headings: [], rows: [] };
    const { x, y, values, x_name, y_name } = this.shown.plane;
    return gridCells(`${y_name} / ${x_name}`, x, y, (i, j) => shown(values[j][i]));
  }

  draw() {
    if (!this.shown) return;
    const { plane, paths } = this.shown;
    this.axes.setRanges(around(rangeOf(plane.x), 0), around(rangeOf(plane.y), 0));
    this.axes.setNames(plane.x_name, plane.y_name);
    const [low] = rangeOf(plane.values.flat());
    const floor = Math.max(Math.abs(low) * 1e-3, 1e-12);
    const logs = plane.values.map((row) =>
      row.map((value) => (value === null ? null : Math.log10(value - Math.min(low, 0) + floor))),
    );
    const [first, last] = rangeOf(logs.flat());
    const levels = [...Array(LEVELS).keys()].map((k) => first + ((k + 1) / (LEVELS + 1)) * (last - first));
    this.map.draw({ x: plane.x, y: plane.y, values: logs, low: first, high: last, one: true, levels });
    this.paths.replaceChildren(...paths.flatMap((path) => this.pathNodes(path)));
  }

  /**
   * A path with its start and its end, on a wider line that separates it from the map.
   * @param {Path} path
   */
  pathNodes({ name, class: kind, x, y }) {
    const points = x.flatMap((at, i) => (isNumber(at) && isNumber(y[i]) ? [[at, y[i]]] : []));
    if (!points.length) return [];
    const line = `M${points.map(([at, height]) => this.axes.point(at, height)).join("L")}`;
    const end = (/** @type {number[]} */ [at, height]) => marker(0, this.axes.px(at), this.axes.py(height), 5);
    const nodes = [
      svg("path", { class: "line halo", d: line }),
      svg("path", { class: `line ${kind}`, d: line }),
      svg("path", { class: `line ${kind} end`, d: end(points[points.length - 1]) }, svg("title", {}, name)),
    ];
    if (points.length > 1) nodes.push(svg("path", { class: `line ${kind} start`, d: end(points[0]) }));
    return nodes;
  }

  /** @param {PointerEvent} event */
  read(event) {
    if (!this.shown) return;
    const { plane } = this.shown;
    const { left, top } = this.axes.svg.getBoundingClientRect();
    const [x, y] = [this.axes.atX(event.clientX - left), this.axes.atY(event.clientY - top)];
    const cost = plane.values[nearest(plane.y, y)][nearest(plane.x, x)];
    setText(this.readout, `${plane.x_name} ${shown(x)}, ${plane.y_name} ${shown(y)}: cost ${shown(cost)}`);
  }
}
