/**
 * The forward and the backward pass of one row in numbers, layer by layer.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Unit} Unit
 */
import { button, html, scrolling, set, setText, tableOf } from "./dom.js";
import { follow } from "./model.js";
import { count, indexed, shown, shownCell } from "./numbers.js";
import { columnName, layerNumbers, unitLabel } from "./unit_formulas.js";

const MOST_UNITS = 40;

/** @param {Host} host */
export function render({ model, el }) {
  const passes = new Passes(model, el);
  follow(model, ["state"], () => passes.build());
  follow(model, ["frame"], () => passes.update());
}

class Passes {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.built = "";
    this.field = html("input", { type: "number", min: 0, step: 1, onchange: () => this.chooseRow() });
    this.sentence = html("p", { class: "small" });
    this.layers = html("div", { class: "layers" });
    this.verdict = html("p", { "aria-live": "polite", class: "verdict" });
    this.report = html("pre", { tabindex: 0, hidden: true, "aria-label": "Report of the gradient check" });
    el.append(this.bar(), this.sentence, scrolling("Numbers of each layer", this.layers), this.verdict, this.report);
    /** @type {{ layer: number, index: number, cells: Record<"z" | "a" | "delta", HTMLElement> }[]} */
    this.cells = [];
    /** @type {HTMLElement[]} */
    this.sections = [];
  }

  bar() {
    const step = (/** @type {string} */ text, /** @type {string} */ command, /** @type {string} */ title) =>
      button(text, () => this.model.send({ command }), { title });
    const forward = step("Forward one layer", "forward", "Compute the next layer of the forward pass");
    const backward = step("Backward one layer", "backward", "Compute δ of the next layer, from the output down");
    const chooser = html("label", {}, "Row of the table ", this.field);
    const check = button("Check the gradient", () => this.check(), {
      title: "Compare each derivative of backpropagation with one computed from values of the cost only",
    });
    return html("div", { class: "bar" }, chooser, html("span", { class: "buttons" }, forward, backward, check));
  }

  async check() {
    const { check, error } = await this.model.send({ command: "check" });
    const passed = "✓ Backpropagation and the numerical derivatives agree at these weights.";
    setText(this.verdict, error || (check?.passed ? passed : "✗ The derivatives differ at these weights."));
    setText(this.report, check?.text ?? "");
    this.report.hidden = !check;
  }

  chooseRow() {
    if (this.field.value) this.model.send({ command: "row", row: this.field.valueAsNumber });
  }

  build() {
    const state = this.model.get("state");
    if (!state) return;
    const key = JSON.stringify([state.network.units, state.network.activations]);
    if (key !== this.built) {
      this.built = key;
      this.cells = [];
      this.sections = [...Array(state.network.n_layers + 1).keys()].map((layer) => this.section(state, layer));
      this.layers.replaceChildren(...this.sections);
    }
    set(this.field, "max", state.data.preview.n_rows - 1);
    this.update();
  }

  /**
   * @param {State} state
   * @param {number} layer
   */
  section({ network }, layer) {
    const units = network.units.filter((unit) => unit.layer === layer && unit.kind !== "bias");
    const last = layer === network.n_layers;
    const [z, a, delta] = ["z", "a", "δ"].map((letter) => indexed(letter, layer));
    const headings = layer ? [z, last ? "a = ŷ" : a, delta] : ["x"];
    const title = layer === 0 ? "Inputs" : last ? `Layer ${layer}: output` : `Layer ${layer}: hidden`;
    const rows = units.slice(0, MOST_UNITS).map((unit) => this.row(unit, network.n_layers));
    const more = units.length - MOST_UNITS;
    return html(
      "section",
      { class: "layer" },
      html("h3", {}, title),
      html("p", { class: "small formula" }, formulaOf(network, layer)),
      tableOf("", ["unit", ...headings], rows),
      more > 0 && html("p", { class: "small" }, `... +${count(more, "unit")}`),
    );
  }

  /**
   * @param {Unit} unit
   * @param {number} nLayers
   */
  row(unit, nLayers) {
    const cells = { z: html("td"), a: html("td"), delta: html("td") };
    this.cells.push({ layer: unit.layer, index: unit.index, cells });
    const label = unitLabel(unit, nLayers);
    const column = columnName(unit);
    const choose = button(column ? `${label} ${column}` : label, () => this.model.set("unit", unit.id), {
      class: "link",
    });
    const shownCells = unit.layer ? [cells.z, cells.a, cells.delta] : [cells.a];
    return html("tr", {}, html("th", { scope: "row" }, choose), ...shownCells);
  }

  update() {
    const passes = this.model.get("frame")?.passes;
    if (!passes) return;
    if (document.activeElement !== this.field && this.field.value !== String(passes.row))
      this.field.value = String(passes.row);
    for (const { layer, index, cells } of this.cells) {
      const numbers = layerNumbers(passes, layer);
      setText(cells.z, numbers?.z ? shown(numbers.z[index]) : "·");
      setText(cells.a, numbers?.a ? shown(numbers.a[index]) : "·");
      setText(cells.delta, numbers?.delta ? shown(numbers.delta[index]) : "·");
    }
    this.sections.forEach((section, layer) =>
      section.classList.toggle("current", passes.pass !== "" && layer === passes.layer),
    );
    const given = Object.entries(passes.given).map(([name, value]) => `${name} = ${shownCell(value, 6)}`);
    const counts =
      passes.share === "training" ? `it counts with the weight ${shown(passes.weight)} in J` : "it does not count in J";
    const loss = passes.loss === null ? "" : ` Its loss is ${shown(passes.loss)}; ${counts}.`;
    const step =
      {
        forward: `Forward pass: layer ${passes.layer} is computed. `,
        backward: `Backward pass: δ of layer ${passes.layer} is computed. `,
      }[passes.pass] ?? "";
    setText(
      this.sentence,
      `${step}Row ${passes.row} (${passes.share}): ${given.join(", ")}; scaled target y = ${passes.target.map((y) => shown(y)).join(", ")}.${loss}`,
    );
  }
}

/**
 * The formulas of a layer, one per line.
 * @param {State["network"]} network
 * @param {number} layer
 */
function formulaOf({ activations, n_layers, units }, layer) {
  if (layer === 0) return "the row, scaled";
  const [z, a, delta] = ["z", "a", "δ"].map((letter) => indexed(letter, layer));
  const activation = activations[layer - 1];
  const bias = units.some((unit) => unit.kind === "bias" && unit.layer === layer - 1)
    ? ` + ${indexed("b", layer)}`
    : "";
  const back =
    layer === n_layers ? `dJ/d${z}` : `${activation}′(${z}) × (${indexed("W", layer + 1)} ${indexed("δ", layer + 1)})`;
  return [
    `${z} = ${indexed("a", layer - 1)} ${indexed("W", layer)}${bias}`,
    `${a} = ${activation}(${z})`,
    `${delta} = ${back}`,
  ].join("\n");
}
