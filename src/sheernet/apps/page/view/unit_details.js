/**
 * The chosen unit: its formulas with numbers, and a field for each of its weights.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Edge} Edge
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Unit} Unit
 */
import { html, scrolling, set, setText, tableOf } from "./dom.js";
import { follow } from "./model.js";
import { isNumber, shown, signed } from "./numbers.js";
import { columnName, passedOn, unitLabel, unitLines, unitOf } from "./unit_formulas.js";

const MOST_WEIGHTS = 60;

/** @param {Host} host */
export function render({ model, el }) {
  const details = new UnitDetails(model, el);
  follow(model, ["unit", "state"], () => details.build());
  follow(model, ["frame"], () => details.update());
}

class UnitDetails {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.el = el;
    /** @type {{ edge: Edge, field: HTMLInputElement, before: HTMLElement, product: HTMLElement, slope: HTMLElement }[]} */
    this.rows = [];
    this.built = "";
  }

  build() {
    const [state, id] = [this.model.get("state"), this.model.get("unit")];
    const unit = state && unitOf(state, id);
    const key = unit ? JSON.stringify([state.network, id]) : "none";
    if (key === this.built) return;
    this.built = key;
    this.rows = [];
    if (!state || !unit) return this.el.replaceChildren();
    const isBias = unit.kind === "bias";
    const label = isBias ? `Biases of layer ${unit.layer + 1}` : `Unit ${unitLabel(unit, state.network.n_layers)}`;
    const column = columnName(unit);
    this.lines = html("dl", { class: "formulas" });
    const heading = html("h3", {}, label, column && `: ${column}`);
    this.el.replaceChildren(heading, this.lines, ...this.weights(state, unit, label));
    this.update();
  }

  /**
   * The weights that lead to a unit; for an input or biases, the weights that lead from it.
   * @param {State} state
   * @param {Unit} unit
   * @param {string} label
   */
  weights(state, unit, label) {
    const outgoing = unit.kind === "bias" || unit.kind === "input";
    const all = state.network.edges.filter((edge) => (outgoing ? edge.source : edge.target) === unit.id);
    if (!all.length) return [];
    const rows = all.slice(0, MOST_WEIGHTS).map((edge) => this.row(edge, outgoing ? edge.target : edge.source));
    const headings = [outgoing ? "to" : "from", "weight w", "a", "a × w", "dJ/dw"];
    const first = all.length > MOST_WEIGHTS ? `, the first ${MOST_WEIGHTS} of ${all.length}` : "";
    const caption = (outgoing ? "Its weights, to other units" : "Its weights, from other units") + first;
    return [scrolling(`Weights of ${label}`, tableOf(caption, headings, rows, { class: "weights" }))];
  }

  /**
   * @param {Edge} edge
   * @param {string} otherId
   */
  row(edge, otherId) {
    const state = this.model.get("state");
    const other = state && unitOf(state, otherId);
    const label =
      !other || !state ? otherId : other.kind === "bias" ? "bias (1)" : unitLabel(other, state.network.n_layers);
    const column = other ? columnName(other) : "";
    const field = html("input", {
      id: `weight-${edge.index}`,
      type: "number",
      step: "any",
      "aria-label": `Weight ${edge.name}, ${label}`,
      onchange: () => this.change(edge, field),
      onblur: () => this.update(),
    });
    const cells = { before: html("td"), product: html("td"), slope: html("td") };
    this.rows.push({ edge, field, ...cells });
    return html(
      "tr",
      {},
      html("th", { scope: "row", title: edge.name }, column ? `${label} ${column}` : label),
      html("td", {}, field),
      cells.before,
      cells.product,
      cells.slope,
    );
  }

  /**
   * @param {Edge} edge
   * @param {HTMLInputElement} field
   */
  change(edge, field) {
    const value = field.valueAsNumber;
    if (Number.isFinite(value)) this.model.send({ command: "weight", index: edge.index, value });
    else this.update();
  }

  update() {
    const [state, frame, id] = [this.model.get("state"), this.model.get("frame"), this.model.get("unit")];
    if (!state || !frame || !this.lines || !unitOf(state, id)) return;
    const lines = unitLines(state, frame, id);
    while (this.lines.children.length < 2 * lines.length) this.lines.append(html("dt"), html("dd"));
    lines.forEach(({ name, formula, numbers }, i) => {
      const [term, text] = [
        /** @type {HTMLDListElement} */ (this.lines).children[2 * i],
        /** @type {HTMLDListElement} */ (this.lines).children[2 * i + 1],
      ];
      setText(term, name);
      setText(text, `= ${formula} = ${numbers}`);
    });
    for (const { edge, field, before, product, slope } of this.rows) {
      const value = frame.theta[edge.index];
      const a = passedOn(state, frame.passes, edge.source);
      if (document.activeElement !== field && isNumber(value)) {
        const text = String(Number(value.toPrecision(6)));
        if (field.value !== text) field.value = text;
        set(field, "title", String(value));
      }
      setText(before, shown(a));
      setText(product, isNumber(a) && isNumber(value) ? signed(a * value) : "–");
      setText(slope, shown(frame.gradient[edge.index]));
    }
  }
}
