/**
 * Many starts: a cost curve for each start, the best one as a thick line.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").SwarmResult} SwarmResult
 */
import { button, dataTable, html, numberInput, scrolling, setText } from "./dom.js";
import { LineChart } from "./line_chart.js";
import { shown } from "./numbers.js";

const ENDS = ["start", "iterations", "objective", "reason"];

/** @param {Host} host */
export function render({ model, el }) {
  const starts = numberInput(2, 200, 20);
  const limit = numberInput(1, 2000, 200);
  const status = html("p", { "aria-live": "polite" });
  const result = html("div", { hidden: true });
  const run = async () => {
    setText(status, "Training from all starts ...");
    const how = { starts: starts.valueAsNumber || 20, max_iter: limit.valueAsNumber || 200 };
    const answer = await model.send({ command: "swarm", ...how });
    const found = /** @type {SwarmResult | null} */ (answer.result);
    setText(status, found?.sentence ?? answer.error);
    result.hidden = !found;
    if (found) show(found);
  };
  const fields = [html("label", {}, "Starts ", starts), html("label", {}, "Iterations, at most ", limit)];
  const start = button("Train from many starts", run, { class: "primary" });
  el.append(html("div", { class: "bar" }, ...fields, start), status, result);

  const chart = new LineChart(result, { title: "Objective of each start", y: "objective", height: 280 });
  const ends = html("div");
  result.append(html("details", { class: "data" }, html("summary", {}, "Ends of all starts"), ends));
  const show = (/** @type {SwarmResult} */ { curves }) => {
    const bestLast = [...curves].sort((one, other) => Number(one.best) - Number(other.best));
    const lines = bestLast.map((curve) => ({
      name: `start ${curve.start}`,
      class: curve.best ? "training best" : "swarm",
      x: curve.iteration,
      y: curve.objective,
    }));
    chart.update(lines);
    chart.keys.replaceChildren("thick: the best start");
    const rows = curves.map(({ start, iteration, objective, reason }) => [
      start,
      iteration.at(-1) ?? 0,
      shown(objective.at(-1), 8),
      reason.replaceAll("_", " "),
    ]);
    ends.replaceChildren(scrolling("Ends of all starts", dataTable("Ends of all starts", ENDS, rows)));
  };
}
