/**
 * A grid of values as colors with contour lines, behind the axes of a chart.
 *
 * Colors go from orange (low) over the background to blue (high).
 *
 * @typedef {import("./chart_axes.js").Axes} Axes
 * @typedef {import("./numbers.js").Value} Value
 * @typedef {object} Grid
 * @property {number[]} x
 * @property {number[]} y
 * @property {Value[][]} values values[j][i] is at x[i], y[j]
 * @property {number} low
 * @property {number} high
 * @property {number[]} levels of the contour lines
 * @typedef {[number, number, number]} Color
 */
import { html, set, svg } from "./dom.js";
import { isNumber } from "./numbers.js";

const BLUE = /** @type {Color} */ ([0, 114, 178]);
const ORANGE = /** @type {Color} */ ([213, 94, 0]);
const STRENGTH = 0.75; // maximum strength of the colors, so that points and lines stay visible

export class HeatMap {
  /** @param {Axes} axes */
  constructor(axes) {
    this.axes = axes;
    this.canvas = html("canvas", { class: "heat-map", "aria-hidden": "true", hidden: true });
    this.contours = svg("path", { class: "contour" });
    axes.box.prepend(this.canvas);
    axes.marks.append(this.contours);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.middle = null;
      if (this.grid) this.draw(this.grid);
    });
    /** @type {Color | null} the background, because reading it takes a long time */
    this.middle = null;
  }

  /** @param {Grid} grid */
  draw(grid) {
    this.grid = grid;
    const [n, m] = [grid.x.length, grid.y.length];
    if (this.canvas.width !== n || this.canvas.height !== m) [this.canvas.width, this.canvas.height] = [n, m];
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const image = context.createImageData(n, m);
    this.middle ??= background(this.canvas);
    const span = grid.high - grid.low || 1;
    for (let j = 0; j < m; j += 1) {
      for (let i = 0; i < n; i += 1) {
        const value = grid.values[m - 1 - j][i];
        const share = !isNumber(value) ? NaN : Math.min(1, Math.max(0, (value - grid.low) / span));
        paint(image.data, 4 * (j * n + i), 2 * share - 1, this.middle);
      }
    }
    context.putImageData(image, 0, 0);
    this.place();
    set(this.contours, "d", grid.levels.map((level) => contourPath(grid, level, this.axes)).join(""));
  }

  hide() {
    this.canvas.hidden = true;
    set(this.contours, "d", "");
  }

  /** Place the canvas over the plot; the centers of the outer cells are at the ends of the axes. */
  place() {
    const { left, top } = this.axes.corner;
    const { style } = this.canvas;
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.width = `${this.axes.plotWidth}px`;
    style.height = `${this.axes.plotHeight}px`;
    this.canvas.hidden = false;
  }
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} at
 * @param {number} t from -1 (orange) to 1 (blue)
 * @param {Color} middle
 */
function paint(data, at, t, middle) {
  const end = t < 0 ? ORANGE : BLUE;
  const strength = Math.abs(t) * STRENGTH;
  for (let k = 0; k < 3; k += 1) data[at + k] = middle[k] + strength * (end[k] - middle[k]);
  data[at + 3] = Number.isNaN(t) ? 0 : 255;
}

/**
 * The color of the background, from the style sheet.
 * @param {Element} element
 * @returns {Color}
 */
function background(element) {
  const text = getComputedStyle(element).getPropertyValue("--map-middle").trim();
  const digits = /^#([0-9a-f]{6})$/i.exec(text)?.[1] ?? "ffffff";
  return /** @type {Color} */ ([0, 2, 4].map((k) => parseInt(digits.slice(k, k + 2), 16)));
}

/**
 * The line along which the values are equal to a level, by marching squares.
 * @param {Grid} grid
 * @param {number} level
 * @param {Axes} axes
 */
function contourPath({ x, y, values }, level, axes) {
  let path = "";
  for (let j = 0; j + 1 < y.length; j += 1) {
    for (let i = 0; i + 1 < x.length; i += 1) {
      const corners = [values[j][i], values[j][i + 1], values[j + 1][i + 1], values[j + 1][i]];
      if (!corners.every(isNumber)) continue;
      const [a, b, c, d] = corners;
      const points = [];
      if (a < level !== b < level) points.push([x[i] + ((level - a) / (b - a)) * (x[i + 1] - x[i]), y[j]]);
      if (b < level !== c < level) points.push([x[i + 1], y[j] + ((level - b) / (c - b)) * (y[j + 1] - y[j])]);
      if (c < level !== d < level) points.push([x[i] + ((level - d) / (c - d)) * (x[i + 1] - x[i]), y[j + 1]]);
      if (d < level !== a < level) points.push([x[i], y[j] + ((level - a) / (d - a)) * (y[j + 1] - y[j])]);
      for (let k = 0; k + 1 < points.length; k += 2) {
        const [from, to] = [points[k], points[k + 1]];
        path += `M${axes.point(from[0], from[1])}L${axes.point(to[0], to[1])}`;
      }
    }
  }
  return path;
}
