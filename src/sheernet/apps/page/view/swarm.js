/**
 * Many starts: a cost curve for each, the best one thick.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").SwarmResult} SwarmResult
 */
import { dataTable, html, scrolling, setText } from "./dom.js";
import { LineChart } from "./line_chart.js";
import { shown } from "./numbers.js";

/** @param {Host} host */
export function render({ model, el }) {
  const starts = html("input", { type: "number", min: 2, max: 200, value: 20, step: 1 });
  const limit = html("input", { type: "number", min: 1, max: 5000, value: 200, step: 1 });
  const status = html("p", { "aria-live": "polite" });
  const place = html("div", { hidden: true });
  const chart = new LineChart(place, {
    title: "Objective of each start",
    x: "iteration",
    y: "objective",
    log: true,
    switchable: true,
    height: 280,
  });
  const table = html("details", { class: "data", hidden: true }, html("summary", {}, "Ends of all starts"));
  const run = async () => {
    setText(status, "Training from all starts ...");
    const answer = await model.send({
      command: "swarm",
      starts: starts.valueAsNumber || 20,
      max_iter: limit.valueAsNumber || 200,
    });
    const result = /** @type {SwarmResult | null} */ (answer.result);
    setText(status, result?.sentence ?? answer.error);
    if (!result) return;
    place.hidden = table.hidden = false;
    const best = result.curves.filter((curve) => curve.best);
    const others = result.curves.filter((curve) => !curve.best);
    chart.update(
      [...others, ...best].map((curve) => ({
        name: `start ${curve.start}`,
        class: curve.best ? "training best" : "swarm",
        x: curve.iteration,
        y: curve.objective,
      })),
    );
    chart.keys.replaceChildren("thick: the best start");
    table.replaceChildren(
      table.children[0],
      scrolling(
        "Ends of all starts",
        dataTable(
          "Ends of all starts",
          ["start", "iterations", "objective", "reason"],
          result.curves.map((curve) => [
            curve.start,
            curve.iteration.at(-1) ?? 0,
            shown(curve.objective.at(-1), 8),
            curve.reason,
          ]),
        ),
      ),
    );
  };
  el.append(
    html(
      "div",
      { class: "bar" },
      html("label", {}, "Starts ", starts),
      html("label", {}, "Iterations, at most ", limit),
      html("button", { type: "button", class: "primary", onclick: run }, "Train from many starts"),
    ),
    status,
    place,
    table,
  );
}
