/**
 * The curves of a run: its costs, or the gradient norm, the step length or the damping.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./line_chart.js").Curve} Curve
 */
import { html, setText } from "./dom.js";
import { LineChart } from "./line_chart.js";
import { follow } from "./model.js";

const MEASURES = /** @type {const} */ ({
  cost: "Cost",
  gradient_norm: "Gradient norm",
  step_length: "Step length",
  damping: "Damping",
});
const NAMES = /** @type {(keyof typeof MEASURES)[]} */ (Object.keys(MEASURES));

/** @param {Host} host */
export function render({ model, el }) {
  const options = NAMES.map((name) => html("option", { value: name }, MEASURES[name]));
  const choice = html("select", { "aria-label": "Measure", onchange: () => draw() }, ...options);
  const missing = html("p", { class: "small muted" });
  const places = NAMES.map(() => html("div"));
  el.append(choice, missing, ...places);
  const charts = NAMES.map((name, i) => {
    const title = MEASURES[name];
    return new LineChart(places[i], { title, y: title.toLowerCase(), height: 200 });
  });
  const draw = () => {
    const chosen = /** @type {keyof typeof MEASURES} */ (choice.value);
    const rows = model.get("rows");
    NAMES.forEach((name, i) => (places[i].hidden = name !== chosen));
    charts[NAMES.indexOf(chosen)].update(chosen === "cost" ? costs() : [curve(chosen, "training", rows[chosen])]);
    const isKnown = rows.iteration.length < 2 || rows[chosen].some((value) => value !== null);
    setText(missing, isKnown ? "" : `The method ${model.get("state")?.method ?? ""} has no values of it.`);
  };
  const curve = (/** @type {string} */ name, /** @type {string} */ kind, /** @type {Curve["y"]} */ y) => {
    return { name: name.replaceAll("_", " "), class: kind, x: model.get("rows").iteration, y };
  };
  const costs = () => {
    const { cost, objective, validation, test } = model.get("rows");
    const hidden = !model.get("state")?.exercise.decay;
    return [
      curve("training", "training", cost),
      { ...curve("with penalty", "objective", objective), hidden },
      curve("validation", "validation", validation),
      curve("test", "test", test),
    ];
  };
  follow(model, ["rows"], draw);
}
