/**
 * The formulas of units and weights with the numbers of the chosen row, as text.
 *
 *     z_l = a_{l-1} W_l + b_l                            a_l = f_l(z_l)
 *     delta_l = f_l'(z_l) (W_{l+1} delta_{l+1})          dJ/dW_l = a_{l-1} delta_l
 *
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./protocol.js").Unit} Unit
 * @typedef {import("./protocol.js").Edge} Edge
 * @typedef {import("./protocol.js").RowPasses} RowPasses
 * @typedef {import("./protocol.js").LayerNumbers} LayerNumbers
 * @typedef {import("./numbers.js").Value} Value
 */
import { factor, isNumber, shown, shownCell, signed } from "./numbers.js";

const MOST_TERMS = 12;
const FEW_TERMS = 4; // terms in a tooltip

/**
 * z, a and delta of a layer; the inputs are a of layer 0.
 * @param {RowPasses | null | undefined} passes
 * @param {number} layer
 * @returns {LayerNumbers | undefined}
 */
export function layerNumbers(passes, layer) {
  if (!passes) return undefined;
  if (layer === 0) return { layer: 0, z: null, a: passes.inputs, delta: null };
  return passes.layers.find((each) => each.layer === layer);
}

/**
 * The short name of a unit in pictures: "h2" instead of "h1.2" if there is one hidden layer.
 * @param {Unit} unit
 * @param {number} nLayers
 */
export function unitLabel(unit, nLayers) {
  if (unit.kind === "bias") return "1";
  return nLayers === 2 ? unit.id.replace(/^h1\./, "h") : unit.id;
}

/**
 * The name of the column of an input or an output unit; "" for other units.
 * @param {Unit} unit
 */
export function columnName({ kind, id, name }) {
  return kind === "bias" || name === id ? "" : name;
}

/**
 * @param {State} state
 * @param {string} id
 */
export function unitOf(state, id) {
  return state.network.units.find((unit) => unit.id === id);
}

/**
 * The output of a unit: 1 for a bias.
 * @param {State} state
 * @param {RowPasses | null} passes
 * @param {string} id
 * @returns {Value}
 */
export function passedOn(state, passes, id) {
  const unit = unitOf(state, id);
  if (!unit) return undefined;
  return unit.kind === "bias" ? 1 : layerNumbers(passes, unit.layer)?.a?.[unit.index];
}

/**
 * @param {State} state
 * @param {RowPasses | null} passes
 * @param {string} id
 * @returns {Value}
 */
function deltaOf(state, passes, id) {
  const unit = unitOf(state, id);
  return unit && layerNumbers(passes, unit.layer)?.delta?.[unit.index];
}

/**
 * A sum of products: 0.5 * 1.2 + 1 * (-0.3), truncated after some terms.
 * @param {[Value, Value][]} products
 * @param {number} most terms
 */
function sumOf(products, most) {
  const terms = products.slice(0, most).map(([one, other]) => `${factor(one)} × ${factor(other)}`);
  if (products.length > most) terms.push(`… ${products.length - most} more`);
  return terms.join(" + ");
}

/**
 * The lines of the forward and the backward pass at a unit.
 * @param {State} state
 * @param {Frame} frame
 * @param {string} id
 * @param {number} [most] terms of a sum
 * @returns {{ name: string, formula: string, numbers: string }[]}
 */
export function unitLines(state, frame, id, most = MOST_TERMS) {
  const unit = unitOf(state, id);
  const { passes, theta } = frame;
  if (!unit) return [];
  if (unit.kind === "bias") return [{ name: "a", formula: "a bias is the weight of the constant 1", numbers: "1" }];
  const numbers = layerNumbers(passes, unit.layer);
  const a = numbers?.a?.[unit.index];
  if (unit.kind === "input") {
    const raw = passes?.given[unit.name];
    const from = raw === undefined || raw === null ? "" : ` (${unit.name} = ${shownCell(raw, 6)}, scaled)`;
    return [{ name: "a", formula: "the value passed to the network", numbers: shown(a) + from }];
  }
  const activation = state.network.activations[unit.layer - 1];
  const z = numbers?.z?.[unit.index];
  const into = state.network.edges.filter((edge) => edge.target === id);
  const products = into.map(
    (edge) => /** @type {[Value, Value]} */ ([passedOn(state, passes, edge.source), theta[edge.index]]),
  );
  return [
    {
      name: "z",
      formula: "sum of a × w",
      numbers: isNumber(z) ? `${sumOf(products, most)} = ${shown(z)}` : "not computed yet",
    },
    {
      name: "a",
      formula: `${activation}(z)`,
      numbers: isNumber(a) ? `${activation}(${shown(z)}) = ${shown(a)}` : "not computed yet",
    },
    deltaLine(state, frame, unit, most),
  ];
}

/**
 * @param {State} state
 * @param {Frame} frame
 * @param {Unit} unit
 * @param {number} most terms of the sum
 */
function deltaLine(state, { passes, theta }, unit, most) {
  const activation = state.network.activations[unit.layer - 1];
  const delta = deltaOf(state, passes, unit.id);
  if (!isNumber(delta)) return { name: "δ", formula: "dJ/dz", numbers: "not computed yet" };
  if (unit.kind === "output") {
    const target = passes?.target[unit.index];
    const against = target === undefined ? "" : `, with the target y = ${shown(target)}`;
    return { name: "δ", formula: "dJ/dz at the output", numbers: `${shown(delta)}${against}` };
  }
  const onward = state.network.edges.filter((edge) => edge.source === unit.id);
  const products = onward.map(
    (edge) => /** @type {[Value, Value]} */ ([theta[edge.index], deltaOf(state, passes, edge.target)]),
  );
  const sum = products.reduce((total, [w, next]) => total + (w ?? 0) * (next ?? 0), 0);
  const slope = sum ? shown(delta / sum) : `${activation}′(z)`;
  return {
    name: "δ",
    formula: `${activation}′(z) × sum of w × δ`,
    numbers: `${slope} × (${sumOf(products, most)}) = ${shown(delta)}`,
  };
}

/**
 * @param {State} state
 * @param {Frame} frame
 * @param {string} id
 */
export function unitSentence(state, frame, id) {
  const unit = unitOf(state, id);
  if (!unit) return "";
  const label = unit.kind === "bias" ? `bias of layer ${unit.layer + 1}` : unitLabel(unit, state.network.n_layers);
  const lines = unitLines(state, frame, id, FEW_TERMS).map(({ name, numbers }) => `${name} = ${numbers}`);
  const column = columnName(unit);
  return [column ? `${label} (${column})` : label, ...lines].join("\n");
}

/**
 * @param {State} state
 * @param {Frame} frame
 * @param {number} index
 */
export function weightSentence(state, { theta, gradient, passes }, index) {
  const edge = state.network.edges.find((each) => each.index === index);
  if (!edge) return "";
  const label = (/** @type {string} */ id) => {
    const unit = unitOf(state, id);
    return unit ? unitLabel(unit, state.network.n_layers) : id;
  };
  const value = theta[index];
  const before = passedOn(state, passes, edge.source);
  const lines = [`${edge.name}: ${label(edge.source)} → ${label(edge.target)}, w = ${signed(value, 6)}`];
  if (isNumber(before) && isNumber(value)) {
    lines.push(`a × w = ${factor(before)} × ${factor(value)} = ${shown(before * value)}`);
  }
  const delta = deltaOf(state, passes, edge.target);
  if (isNumber(before) && isNumber(delta)) {
    lines.push(`this row's dJ/dw = a × δ = ${factor(before)} × ${factor(delta)} = ${shown(before * delta)}`);
  }
  if (gradient.length) lines.push(`dJ/dw of all rows = ${shown(gradient[index])}`);
  lines.push("Click to edit.");
  return lines.join("\n");
}
