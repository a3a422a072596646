/**
 * Curves of a run: costs, and the gradient norm, step length and damping.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Curves} Curves
 */
import { html, setText } from "./dom.js";
import { LineChart } from "./line_chart.js";
import { follow } from "./model.js";

/**
 * The costs of the shares.
 * @param {Host} host
 */
export function renderCosts({ model, el }) {
  const chart = new LineChart(el, { title: "Cost", y: "cost", height: 200 });
  const draw = () => {
    const { iteration, cost, objective, validation, test } = model.get("rows");
    const decay = model.get("state")?.exercise.decay;
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
 * The other columns of the record, with a chart for each.
 * @param {Host} host
 */
export function renderMeasures({ model, el }) {
  for (const [name, title] of /** @type {[keyof typeof MEASURES, string][]} */ (Object.entries(MEASURES))) {
    const place = html("div");
    const missing = html("p", { class: "small muted", hidden: true });
    el.append(html("div", {}, place, missing));
    const noun = title.toLowerCase();
    const chart = new LineChart(place, { title, y: noun, height: 210 });
    follow({ model, el }, ["rows"], () => {
      const rows = model.get("rows");
      chart.update([{ name: noun, class: "training", x: rows.iteration, y: rows[name] }]);
      missing.hidden = rows.iteration.length < 2 || rows[name].some((value) => value !== null);
      place.hidden = !missing.hidden;
      setText(missing, `The method ${model.get("state")?.method ?? ""} has no ${noun}.`);
    });
  }
}
