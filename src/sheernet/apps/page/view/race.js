/**
 * Several methods from the same start: their costs, and their paths in a plane of the cost; or the cost around the
 * current weights.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").RaceResult} RaceResult
 * @typedef {import("./protocol.js").LandscapeResult} LandscapeResult
 */
import { inWordsOfThePage } from "./argument_names.js";
import { button, dataTable, html, numberInput, scrolling, setText } from "./dom.js";
import { Landscape } from "./landscape.js";
import { LineChart } from "./line_chart.js";
import { follow } from "./model.js";
import { shown } from "./numbers.js";

const FIRST = ["lm", "bfgs", "gd", "adam"]; // methods that are chosen initially
const ENDS = ["method", "iterations", "evaluations", "objective", "why it ended"];

/** @param {Host} host */
export function render({ model, el }) {
  const race = new Race(model, el);
  follow({ model, el }, ["state"], () => race.listMethods());
}

class Race {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.choice = html("fieldset", { class: "boxes inline" }, html("legend", {}, "Methods"));
    this.limit = numberInput(1, 2000, 200);
    this.status = html("p", { "aria-live": "polite", class: "small" });
    this.table = html("div");
    this.planePlace = html("div", { hidden: true });
    this.chartPlace = html("div", { hidden: true });
    const start = button("Race from the same start", () => this.run(), { class: "primary" });
    const look = button("Cost around the current weights", () => this.look());
    const limit = html("label", {}, "Iterations, at most ", this.limit);
    const pictures = html("div", { class: "pair" }, this.planePlace, this.chartPlace);
    el.append(html("div", { class: "bar" }, this.choice, limit, start, look), this.status, pictures, this.table);
    this.plane = new Landscape(this.planePlace);
    this.chart = new LineChart(this.chartPlace, { title: "Objective of each method", y: "objective", height: 240 });
    this.across = html(
      "select",
      { "aria-label": "Horizontal axis", onchange: () => this.drawCurves() },
      html("option", { value: "iteration" }, "by iterations"),
      html("option", { value: "evaluations" }, "by evaluations"),
    );
    this.chart.head.append(this.across);
    this.listed = "";
    /** @type {RaceResult["paths"]} */
    this.paths = [];
  }

  listMethods() {
    const control = this.model.get("state")?.controls.find(({ name }) => name === "method");
    const methods = (control?.allowed ?? []).filter((each) => each.value !== "auto");
    const names = methods.map((each) => each.value).join();
    if (names === this.listed) return;
    this.listed = names;
    const boxes = methods.map(({ value, help, label }) => {
      const box = html("input", { type: "checkbox", value, checked: FIRST.includes(value) });
      return html("label", { title: help }, box, label);
    });
    this.choice.replaceChildren(this.choice.children[0], ...boxes);
  }

  async run() {
    const boxes = [...this.choice.querySelectorAll("input")];
    const methods = boxes.filter((box) => box.checked).map((box) => box.value);
    setText(this.status, "Running the methods from the initial weights ...");
    const max_iter = this.limit.valueAsNumber || 200;
    const answer = await this.model.send({ command: "race", methods, max_iter });
    setText(this.status, answer.error);
    const result = /** @type {RaceResult | null} */ (answer.result);
    if (!result) return;
    this.chartPlace.hidden = this.planePlace.hidden = false;
    this.paths = result.paths;
    this.drawCurves();
    const paths = this.paths.map((path, i) => ({ name: path.method, class: `path-${i}`, x: path.x, y: path.y }));
    this.plane.show(result.plane, paths);
    this.table.replaceChildren(scrolling("Ends of the methods", this.tableOfEnds()));
  }

  drawCurves() {
    const by = this.across.value === "evaluations" ? "evaluations" : "iteration";
    this.chart.setX(by);
    const curves = this.paths.map((path, i) => ({
      name: path.method,
      class: `path-${i}`,
      x: path[by],
      y: path.objective,
    }));
    this.chart.update(curves);
  }

  tableOfEnds() {
    const controls = this.model.get("state")?.controls ?? [];
    const rows = this.paths.map(({ method, iteration, evaluations, objective, message }) => [
      method,
      iteration.at(-1) ?? 0,
      evaluations.at(-1) ?? "–",
      shown(objective.at(-1), 6),
      inWordsOfThePage(message, controls),
    ]);
    return dataTable("How each method ended", ENDS, rows);
  }

  async look() {
    setText(this.status, "Computing the cost around the weights ...");
    const answer = await this.model.send({ command: "landscape", indices: [] });
    setText(this.status, answer.error);
    const result = /** @type {LandscapeResult | null} */ (answer.result);
    if (!result) return;
    this.chartPlace.hidden = true;
    this.planePlace.hidden = false;
    this.table.replaceChildren();
    this.plane.show(result.plane, [{ name: "present weights", class: "path-0", x: [result.at_x], y: [result.at_y] }]);
  }
}
