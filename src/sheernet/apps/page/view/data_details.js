/**
 * The data of a chart as a table that can be opened below it.
 *
 * @typedef {{ headings: string[], rows: (string | number)[][], note?: string }} Cells
 */
import { dataTable, html, scrolling } from "./dom.js";
import { shownOn } from "./numbers.js";
import { paced } from "./paced.js";

const SLOWEST = 1000; // milliseconds between two updates of an open table
const MOST_LINES = 9; // maximum number of values of a grid, in each direction

export class DataDetails {
  /**
   * @param {string} title
   * @param {() => Cells} cells called only while the table is open
   */
  constructor(title, cells) {
    this.title = title;
    this.cells = cells;
    this.node = html(
      "details",
      { class: "data", ontoggle: () => this.fill() },
      html("summary", {}, "Table", html("span", { class: "spoken" }, `: ${title}`)),
    );
    /** The chart has new data. */
    this.refresh = paced(SLOWEST, () => this.fill());
  }

  fill() {
    if (!this.node.open) return;
    const { headings, rows, note } = this.cells();
    const table = scrolling(`Table: ${this.title}`, dataTable(this.title + (note ? ` (${note})` : ""), headings, rows));
    this.node.replaceChildren(this.node.children[0], table);
  }
}

/**
 * About `most` of the rows at most, including the last one, and a note on how many are omitted.
 * @template T
 * @param {T[]} rows
 * @param {number} most
 */
export function someOf(rows, most) {
  const every = Math.max(1, Math.ceil(rows.length / most));
  const some = rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
  return { some, note: every > 1 ? `one row in ${every}` : "" };
}

/**
 * Some lines of a grid of values, with the largest y first.
 * @param {string} corner
 * @param {number[]} x
 * @param {number[]} y
 * @param {(i: number, j: number) => string} text
 * @param {import("./numbers.js").Kind[]} [kinds] of x and y
 * @returns {Cells}
 */
export function gridCells(corner, x, y, text, [xKind, yKind] = ["number", "number"]) {
  const some = (/** @type {number[]} */ values) => {
    const n = Math.min(MOST_LINES, values.length);
    return [...Array(n).keys()].map((k) => Math.round((k * (values.length - 1)) / Math.max(1, n - 1)));
  };
  const [columns, lines] = [some(x), some(y).reverse()];
  const headings = [corner, ...columns.map((i) => shownOn(xKind, x[i], 3))];
  return { headings, rows: lines.map((j) => [shownOn(yKind, y[j], 3), ...columns.map((i) => text(i, j))]) };
}
