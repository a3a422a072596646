/**
 * Curves of a run: costs, and the gradient norm, step length and damping.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Curves} Curves
 */
import { html } from "./dom.js";
import { LineChart } from "./line_chart.js";
import { follow } from "./model.js";

/**
 * The costs of the shares.
 * @param {Host} host
 */
export function renderCosts({ model, el }) {
  const chart = new LineChart(el, { title: "Cost", x: "iteration", y: "cost", log: true, switchable: true, height: 210 });
  const draw = () => {
    const { iteration, cost, objective, validation, test } = model.get("rows");
    const decay = (model.get("state")?.exercise.regularization ?? "none") !== "none";
    chart.update([
      { name: "training", class: "training", x: iteration, y: cost },
      { name: "with penalty", class: "objective", x: iteration, y: objective, hidden: !decay },
      { name: "validation", class: "validation", x: iteration, y: validation },
      { name: "test", class: "test", x: iteration, y: test },
    ]);
  };
  follow({ model, el }, ["rows"], draw);
}

const MEASURES = /** @type {const} */ ({
  gradient_norm: "Gradient norm",
  step_length: "Step length",
  damping: "Damping",
});

/**
 * One of the other columns of the record, which the reader chooses.
 * @param {Host} host
 */
export function renderMeasures({ model, el }) {
  const place = html("div");
  const choice = html("select", { "aria-label": "Quantity", onchange: () => draw() },
    ...Object.entries(MEASURES).map(([name, label]) => html("option", { value: name }, label)));
  el.append(html("div", { class: "chart-choice" }, choice), place);
  const empty = html("p", { class: "small muted", hidden: true });
  const chart = new LineChart(place, { title: "Of each iteration", x: "iteration", y: "", log: true, switchable: true, height: 190 });
  el.append(empty);
  const draw = () => {
    const name = /** @type {keyof typeof MEASURES} */ (choice.value);
    const rows = model.get("rows");
    chart.update([{ name: MEASURES[name].toLowerCase(), class: "training", x: rows.iteration, y: rows[name] }]);
    const missing = rows.iteration.length > 1 && !rows[name].some((value) => value !== null);
    empty.hidden = !missing;
    empty.textContent = missing ? `The method ${model.get("state")?.method ?? ""} has no ${MEASURES[name].toLowerCase()}.` : "";
  };
  follow({ model, el }, ["rows"], draw);
}
