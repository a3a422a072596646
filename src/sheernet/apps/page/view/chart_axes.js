/**
 * The frame of a chart: an SVG as wide as its container, with scales, ticks, grid and names of both axes.
 *
 * @typedef {{ low: number, high: number, log?: boolean, kind?: import("./numbers.js").Kind }} Range
 * @typedef {{ label: string, x?: string, y: string, height?: number, map?: boolean }} AxesOptions
 */
import { html, newId, set, setText, svg } from "./dom.js";
import { linearTicks, logTicks, shownOn } from "./numbers.js";

const MARGIN = { left: 64, right: 20, top: 10, bottom: 38 };
const HALF_LETTER = 3.3; // half the width of a letter of a label, in pixels
const WITHOUT_NAME = 22; // the margin at the bottom if the x axis has no name
const CLIP_ROOM = 6; // pixels that markers at the edge may extend beyond the plot

export class Axes {
  /**
   * @param {HTMLElement} el where the chart is put
   * @param {AxesOptions} options `map`: over a map, without grid lines; without `x`, there is no room for its name
   */
  constructor(el, options) {
    this.margin = options.x === undefined ? { ...MARGIN, bottom: WITHOUT_NAME } : MARGIN;
    this.width = 320;
    this.drawn = "";
    this.height = options.height ?? 200;
    /** @type {Range} */
    this.x = { low: 0, high: 1 };
    /** @type {Range} */
    this.y = { low: 0, high: 1 };
    this.ticks = svg("g", { class: "ticks" });
    this.xName = svg("text", { class: "axis-name", "text-anchor": "middle" }, options.x ?? "");
    this.yName = svg("text", { class: "axis-name", "text-anchor": "middle" }, options.y);
    const [clip, exactly] = [newId(), newId()];
    this.clip = svg("rect");
    this.inside = svg("rect");
    this.marks = svg("g", { "clip-path": `url(#${clip})` });
    this.curves = svg("g", { "clip-path": `url(#${exactly})` });
    this.marks.append(this.curves);
    this.frame = svg("rect", { class: "plot-frame" });
    this.svg = svg(
      "svg",
      { role: "img", "aria-label": options.label, class: options.map ? "chart over-map" : "chart" },
      svg("clipPath", { id: clip }, this.clip),
      svg("clipPath", { id: exactly }, this.inside),
      this.ticks,
      this.frame,
      this.marks,
      this.xName,
      this.yName,
    );
    this.box = html("div", { class: "chart-box" }, this.svg);
    /** @type {(() => void)[]} */
    this.redraw = [];
    el.append(this.box);
    this.resize();
    new ResizeObserver(() => this.resize() && this.redraw.forEach((draw) => draw())).observe(this.box);
  }

  /** Adopt the width of the container; return whether it has changed. */
  resize() {
    const width = Math.round(this.box.clientWidth) || this.width;
    if (width === this.width && this.svg.hasAttribute("width")) return false;
    this.width = width;
    set(this.svg, "width", width);
    set(this.svg, "height", this.height);
    set(this.svg, "viewBox", `0 0 ${width} ${this.height}`);
    const { left, top } = this.margin;
    for (const [rect, room] of /** @type {[SVGRectElement, number][]} */ ([
      [this.frame, 0],
      [this.inside, 0],
      [this.clip, CLIP_ROOM],
    ])) {
      set(rect, "x", left - room);
      set(rect, "y", top - room);
      set(rect, "width", this.plotWidth + 2 * room);
      set(rect, "height", this.plotHeight + 2 * room);
    }
    set(this.xName, "x", left + this.plotWidth / 2);
    set(this.xName, "y", this.height - 5);
    set(this.yName, "transform", `translate(12 ${top + this.plotHeight / 2}) rotate(-90)`);
    this.drawn = "";
    this.drawTicks();
    return true;
  }

  get plotWidth() {
    return Math.max(40, this.width - this.margin.left - this.margin.right);
  }

  get plotHeight() {
    return this.height - this.margin.top - this.margin.bottom;
  }

  /** The upper left corner of the plot, in pixels. */
  get corner() {
    return { left: this.margin.left, top: this.margin.top };
  }

  /**
   * @param {Range} x
   * @param {Range} y
   */
  setRanges(x, y) {
    this.x = x;
    this.y = y;
    this.drawTicks();
  }

  /**
   * @param {string} x
   * @param {string} y
   */
  setNames(x, y) {
    setText(this.xName, x);
    setText(this.yName, y);
  }

  /** @param {number} value */
  px(value) {
    return this.margin.left + part(this.x, value) * this.plotWidth;
  }

  /** @param {number} value */
  py(value) {
    return this.margin.top + (1 - part(this.y, value)) * this.plotHeight;
  }

  /**
   * A point as a part of a path.
   * @param {number} x
   * @param {number} y
   */
  point(x, y) {
    return `${this.px(x).toFixed(1)} ${this.py(y).toFixed(1)}`;
  }

  /**
   * The value of the x axis at a pixel.
   * @param {number} pixel
   */
  atX(pixel) {
    return at(this.x, (pixel - this.margin.left) / this.plotWidth);
  }

  /** @param {number} pixel */
  atY(pixel) {
    return at(this.y, 1 - (pixel - this.margin.top) / this.plotHeight);
  }

  drawTicks() {
    const key = JSON.stringify([this.x, this.y, this.width, this.height]);
    if (key === this.drawn) return;
    this.drawn = key;
    const { left, top } = this.margin;
    const bottom = top + this.plotHeight;
    const parts = [];
    const { kind = "number" } = this.x;
    for (const tick of ticksOf(this.x, Math.max(2, Math.round(this.plotWidth / (kind === "date" ? 75 : 55))))) {
      const x = this.px(tick);
      const label = shownOn(kind, tick, 5);
      const middle = Math.min(x, this.width - HALF_LETTER * label.length);
      parts.push(svg("path", { d: `M${x} ${top}V${bottom + 4}` }));
      parts.push(svg("text", { x: middle, y: bottom + 16, "text-anchor": "middle" }, label));
    }
    for (const tick of ticksOf(this.y, Math.max(2, Math.round(this.plotHeight / 38)))) {
      const y = this.py(tick);
      parts.push(svg("path", { d: `M${left - 4} ${y}H${left + this.plotWidth}` }));
      parts.push(this.yLabel(tick, left - 7, y + 4));
    }
    this.ticks.replaceChildren(...parts);
  }

  /**
   * The label of a tick of the y axis; the year of a date stands above its month and day, as a line is too long.
   * @param {number} tick
   * @param {number} x
   * @param {number} y
   */
  yLabel(tick, x, y) {
    const { kind = "number" } = this.y;
    const label = shownOn(kind, tick, 5);
    const [, year, day] = /^(\d{4})(-\d\d-\d\d)$/.exec(label) ?? [];
    if (!year) return svg("text", { x, y, "text-anchor": "end" }, label);
    const lines = [svg("tspan", { x, y: y - 6 }, year), svg("tspan", { x, y: y + 6 }, day.slice(1))];
    return svg("text", { "text-anchor": "end" }, ...lines);
  }
}

/**
 * @param {Range} range
 * @param {number} value
 */
function part(range, value) {
  const { low, high } = range;
  const share = range.log
    ? Math.log(Math.max(value, 1e-300) / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return Math.min(20, Math.max(-20, share));
}

/**
 * @param {Range} range
 * @param {number} share
 */
function at(range, share) {
  const { low, high } = range;
  return range.log ? low * (high / low) ** share : low + share * (high - low);
}

/**
 * @param {Range} range
 * @param {number} n
 */
function ticksOf(range, n) {
  return range.log ? logTicks(range.low, range.high, n) : linearTicks(range.low, range.high, n);
}

/**
 * A range slightly wider than that of the values, also for a single value.
 * @param {[number, number]} values
 * @param {number} [room] part of the span on each side
 * @returns {Range}
 */
export function around([low, high], room = 0.05) {
  const span = high - low || Math.abs(high) || 1;
  return { low: low - room * span, high: high + room * span };
}

/**
 * A range with round ends, so that it does not move with each frame.
 * @param {[number, number]} values
 * @param {boolean} log
 * @param {number} [parts] of the range, about, at whose borders the ends are
 * @returns {Range}
 */
export function roundRange([low, high], log, parts = 4) {
  if (log && high > 0) {
    const bottom = low > 0 ? low : high * 1e-6;
    const first = Math.floor(Math.log10(bottom) * 3 + 1e-9) / 3;
    const last = Math.ceil(Math.log10(high) * 3 - 1e-9) / 3;
    return { low: 10 ** first, high: 10 ** (last > first ? last : first + 1), log: true };
  }
  const ticks = linearTicks(low, high > low ? high : low + (Math.abs(low) || 1), parts);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const bottom = Math.floor(low / step + 1e-9) * step;
  const top = Math.ceil(high / step - 1e-9) * step;
  return { low: bottom, high: top > bottom ? top : bottom + step };
}

/**
 * The end of an axis of iterations: a round number that is rarely exceeded.
 * @param {number} last
 */
export function roundEnd(last) {
  const power = 10 ** Math.floor(Math.log10(Math.max(last, 10)));
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((k) => k * power).find((end) => end >= last) ?? last;
}
