/**
 * Several methods from the same start: their costs, and their paths in a plane of the cost; or the cost around the present
 * weights.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").RaceResult} RaceResult
 * @typedef {import("./protocol.js").LandscapeResult} LandscapeResult
 */
import { inWordsOfThePage } from "./argument_names.js";
import { dataTable, html, scrolling, setText } from "./dom.js";
import { Landscape } from "./landscape.js";
import { LineChart } from "./line_chart.js";
import { follow } from "./model.js";
import { shown } from "./numbers.js";

const FIRST = ["lm", "bfgs", "gd", "adam"];

/** @param {Host} host */
export function render({ model, el }) {
  const choice = html("fieldset", { class: "boxes inline" }, html("legend", {}, "Methods"));
  const limit = html("input", { type: "number", min: 1, max: 5000, value: 200, step: 1 });
  const status = html("p", { "aria-live": "polite", class: "small" });
  const table = html("div");
  const chartPlace = html("div", { hidden: true });
  const chart = new LineChart(chartPlace, {
    title: "Objective of each method",
    x: "iteration",
    y: "objective",
    log: true,
    switchable: true,
    height: 240,
  });
  /** @type {RaceResult["paths"]} */
  let paths = [];
  const across = html(
    "select",
    { "aria-label": "Horizontal axis", onchange: () => drawCurves() },
    html("option", { value: "iteration" }, "by iterations"),
    html("option", { value: "evaluations" }, "by evaluations"),
  );
  chart.head.append(across);
  const drawCurves = () => {
    const by = across.value === "evaluations" ? "evaluations" : "iteration";
    chart.setX(by);
    chart.update(paths.map((path, i) => ({ name: path.method, class: `path-${i}`, x: path[by], y: path.objective })));
  };
  const planePlace = html("div", { hidden: true });
  const plane = new Landscape(planePlace);

  const race = async () => {
    const methods = [...choice.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
    setText(status, "Running the methods from the initial weights ...");
    const answer = await model.send({ command: "race", methods, max_iter: limit.valueAsNumber || 200 });
    setText(status, answer.error);
    const result = /** @type {RaceResult | null} */ (answer.result);
    if (!result) return;
    chartPlace.hidden = planePlace.hidden = false;
    const controls = model.get("state")?.controls ?? [];
    paths = result.paths;
    drawCurves();
    plane.show(
      result.plane,
      result.paths.map((path, i) => ({ name: path.method, class: `path-${i}`, x: path.x, y: path.y })),
    );
    table.replaceChildren(
      scrolling(
        "Ends of the methods",
        dataTable(
          "How each method ended",
          ["method", "iterations", "evaluations", "objective", "why it ended"],
          result.paths.map((path) => [
            path.method,
            path.iteration.at(-1) ?? 0,
            path.evaluations.at(-1) ?? "–",
            shown(path.objective.at(-1), 6),
            inWordsOfThePage(path.message, controls),
          ]),
        ),
      ),
    );
  };
  const look = async () => {
    setText(status, "Computing the cost around the weights ...");
    const answer = await model.send({ command: "landscape", indices: [] });
    setText(status, answer.error);
    const result = /** @type {LandscapeResult | null} */ (answer.result);
    if (!result) return;
    chartPlace.hidden = true;
    planePlace.hidden = false;
    table.replaceChildren();
    plane.show(result.plane, [{ name: "present weights", class: "path-0", x: [result.at_x], y: [result.at_y] }]);
  };

  el.append(
    html(
      "div",
      { class: "bar" },
      choice,
      html("label", {}, "Iterations, at most ", limit),
      html("button", { type: "button", class: "primary", onclick: race }, "Race from the same start"),
      html("button", { type: "button", onclick: look }, "Cost around the present weights"),
    ),
    status,
    html("div", { class: "pair" }, planePlace, chartPlace),
    table,
  );
  follow({ model, el }, ["state"], () => {
    const methods =
      model
        .get("state")
        ?.controls.find((control) => control.name === "method")
        ?.allowed.filter((each) => each.value !== "auto") ?? [];
    const names = methods.map((each) => each.value);
    if ([...choice.querySelectorAll("input")].map((box) => box.value).join() === names.join()) return;
    choice.replaceChildren(
      choice.children[0],
      ...methods.map((each) =>
        html(
          "label",
          { title: each.help },
          html("input", { type: "checkbox", value: each.value, checked: FIRST.includes(each.value) }),
          each.label,
        ),
      ),
    );
  });
}
