/**
 * The form that searches inputs for wanted predictions, and the results of the search.
 *
 * @typedef {import("./protocol.js").ProfileResult} ProfileResult
 * @typedef {import("./protocol.js").SearchResult} SearchResult
 * @typedef {import("./protocol.js").FoundInputs} FoundInputs
 * @typedef {{ made: string, want: Record<string, unknown>, fixed: string[], nearData: boolean }} Question `made`: of which inputs
 */
import { button, dataTable, html, scrolling, setText } from "./dom.js";
import { Latest } from "./latest.js";
import { shown } from "./numbers.js";

const AIMS = /** @type {[string, string][]} */ ([
  ["", "any"],
  ["maximize", "as large as possible"],
  ["minimize", "as small as possible"],
  ["value", "this value:"],
]);

export class BestInputs {
  /**
   * @param {HTMLElement} el
   * @param {(want: Record<string, unknown>, fixed: string[], nearData: boolean) => Promise<import("./model.js").Answer>} search
   * @param {(values: FoundInputs["values"]) => void} choose
   */
  constructor(el, search, choose) {
    this.latest = new Latest(
      (/** @type {Question} */ { want, fixed, nearData }) => search(want, fixed, nearData),
      (answer, question) => this.receive(answer, question),
    );
    this.choose = choose;
    this.made = "";
    /** @type {{ name: string, aim: HTMLSelectElement, value: HTMLInputElement }[]} */
    this.goals = [];
    this.wanted = html("fieldset", { class: "goals" }, html("legend", {}, "Wanted prediction"));
    this.fixed = html("fieldset", { class: "boxes inline" }, html("legend", {}, "Keep at the values set above"));
    this.near = html("input", { type: "checkbox", checked: true });
    const near = html("label", {}, this.near, " only within the distance of 95 % of the training rows from the data");
    this.nearPlace = html("p", { class: "boxes" }, near);
    this.said = html("p", { "aria-live": "polite" });
    this.result = html("div");
    const start = button("Search best inputs", () => this.run(), { class: "primary" });
    const heading = html("h3", {}, "Best inputs");
    el.append(
      heading,
      this.wanted,
      this.fixed,
      this.nearPlace,
      html("div", { class: "bar" }, start),
      this.said,
      this.result,
    );
  }

  /**
   * Show the fields for the predictions and the inputs of a model.
   * @param {ProfileResult} profile
   */
  update({ outputs, shown: drawn, inputs, probabilities, distance }) {
    this.nearPlace.hidden = distance.distance === null;
    const key = JSON.stringify([outputs, inputs.map((input) => input.name)]);
    if (key === this.made) return;
    this.made = key;
    this.goals = drawn.map((k, i) => this.goal(outputs[k], probabilities, i === 0));
    const rows = this.goals.map(({ name, aim, value }) =>
      html("div", { class: "bar" }, html("span", {}, name), aim, value),
    );
    this.wanted.replaceChildren(this.wanted.children[0], ...rows);
    const boxes = inputs.map(({ name }) => html("label", {}, html("input", { type: "checkbox", value: name }), name));
    this.fixed.replaceChildren(this.fixed.children[0], ...boxes);
    this.result.replaceChildren();
    setText(this.said, "");
  }

  /**
   * @param {string} name of a prediction
   * @param {boolean} isProbability
   * @param {boolean} isWanted at first
   */
  goal(name, isProbability, isWanted) {
    const options = AIMS.map(([value, label]) => html("option", { value }, label));
    const value = html("input", {
      type: "number",
      step: "any",
      min: isProbability ? 0 : null,
      max: isProbability ? 1 : null,
      "aria-label": `Value of ${name}`,
      hidden: true,
    });
    const aim = html(
      "select",
      { "aria-label": `Aim for ${name}`, onchange: () => (value.hidden = aim.value !== "value") },
      ...options,
    );
    aim.value = isWanted ? "maximize" : "";
    return { name, aim, value };
  }

  run() {
    /** @type {Record<string, unknown>} */
    const want = {};
    for (const { name, aim, value } of this.goals) {
      if (aim.value === "value" && !Number.isFinite(value.valueAsNumber)) {
        return setText(this.said, `Give the wanted value of ${name}.`);
      }
      if (aim.value) want[name] = aim.value === "value" ? value.valueAsNumber : aim.value;
    }
    const fixed = [...this.fixed.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
    setText(this.said, "Searching ...");
    this.latest.put({ made: this.made, want, fixed, nearData: this.near.checked && !this.nearPlace.hidden });
  }

  /**
   * @param {import("./model.js").Answer} answer
   * @param {Question} question
   */
  receive({ result, error }, { made }) {
    if (made !== this.made) return; // the inputs are others since
    const found = /** @type {SearchResult | null} */ (result);
    setText(this.said, found ? `${found.title}.` : error);
    this.result.replaceChildren(...(found ? this.nodesOf(found) : []));
  }

  /** @param {SearchResult} found */
  nodesOf({ headings, rows, sentences, solutions }) {
    const table = scrolling("Best inputs", dataTable("Best inputs, and what was searched", headings, rows));
    const buttons = solutions.map((each, i) =>
      button(
        i === 0 ? "Set the sliders to these inputs" : `Set the sliders to solution ${i + 1}`,
        () => this.choose(each.values),
        {
          class: i === 0 ? "primary" : "",
          title: `${each.written.join(", ")}: ${each.prediction.map((y) => shown(y)).join(", ")}`,
        },
      ),
    );
    const list = html("ul", { class: "small" }, ...sentences.map((sentence) => html("li", {}, sentence)));
    return [table, list, html("div", { class: "bar" }, ...buttons)];
  }
}
