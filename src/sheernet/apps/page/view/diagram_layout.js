/**
 * Positions of units and weights in the network diagram: layers from left to right, the bias of a layer below the layer
 * before it.  Of more than ten units, nine are shown, and a text gives the number of the others.  In a narrow container
 * the names of the columns are truncated, so that the layers do not overlap.
 *
 * @typedef {import("./protocol.js").NetworkState} NetworkState
 * @typedef {import("./protocol.js").Unit} Unit
 * @typedef {import("./protocol.js").Edge} Edge
 * @typedef {{ unit: Unit, x: number, y: number }} PlacedUnit
 * @typedef {{ edge: Edge, path: string, label: { x: number, y: number } | null }} PlacedEdge
 * @typedef {{ x: number, y: number, text: string }} Note
 * @typedef {{ units: PlacedUnit[], edges: PlacedEdge[], notes: Note[], headings: Note[], radius: number,
 *     letters: number, width: number, height: number }} DiagramLayout `letters` is the most that a name may have
 */
import { count } from "./numbers.js";
import { columnName } from "./unit_formulas.js";

const LARGEST = 17; // radius of a unit
const MOST_UNITS = 10;
const HEADING = 44;
const [FEWEST_LETTERS, MOST_LETTERS] = [4, 14]; // of the name of a column
const LETTER = 6.6; // width of a letter of a name
const SIDE = 28; // room for a unit at each side
const GAP = 96; // between two layers, unless names are cut to the fewest letters
const LINE = 13; // height of a number on a line

/**
 * @param {NetworkState} network
 * @param {number} width of the place, in pixels
 * @returns {DiagramLayout}
 */
export function placed(network, width) {
  const layers = [...Array(network.n_layers + 1).keys()].map((layer) =>
    network.units.filter((unit) => unit.layer === layer && unit.kind !== "bias"),
  );
  const biases = network.units.filter((unit) => unit.kind === "bias");
  const most = Math.max(...layers.map((units) => Math.min(units.length, MOST_UNITS)));
  const row = Math.max(40, Math.min(84, 340 / most));
  const radius = Math.min(LARGEST, 0.29 * row);
  const middle = HEADING + radius + 6 + ((most - 1) * row) / 2;
  const lowest = middle + ((most - 1) * row) / 2;
  const ends = [layers[0], layers[network.n_layers]];
  const letters = lettersOf(ends, width - network.n_layers * GAP);
  const [left, right] = ends.map((units) => SIDE + LETTER * Math.min(letters, longest(units)));
  const gap = (width - left - right) / network.n_layers;
  const columns = layers.map((units, layer) => columnOf(units, left + layer * gap, middle, row));
  const units = columns.flatMap((column) => column.units);
  for (const unit of biases) units.push({ unit, x: left + unit.layer * gap, y: lowest + row });
  const headings = layers.map((members, layer) => ({
    x: left + layer * gap,
    y: 14,
    text: headingOf(network, members.length, layer),
  }));
  return {
    units,
    edges: placedEdges(network, units, radius, row),
    notes: columns.flatMap((column) => column.notes),
    headings,
    width,
    height: lowest + (biases.length ? row : 0) + radius + 18,
    radius,
    letters,
  };
}

/** @param {Unit[]} units */
function longest(units) {
  return Math.max(...units.map((unit) => columnName(unit).length));
}

/**
 * The maximum number of letters of a name that leaves room for the layers.
 * @param {Unit[][]} ends the units whose names stand at the left and at the right
 * @param {number} room for both ends, in pixels
 */
function lettersOf(ends, room) {
  const taken = (/** @type {number} */ letters) =>
    ends.reduce((sum, units) => sum + SIDE + LETTER * Math.min(letters, longest(units)), 0);
  let letters = MOST_LETTERS;
  while (letters > FEWEST_LETTERS && taken(letters) > room) letters -= 1;
  return letters;
}

/**
 * @param {Unit[]} units
 * @param {number} x
 * @param {number} middle
 * @param {number} row
 */
function columnOf(units, x, middle, row) {
  const visible = units.length > MOST_UNITS ? units.slice(0, MOST_UNITS - 1) : units;
  const rows = Math.min(units.length, MOST_UNITS);
  const top = middle - ((rows - 1) * row) / 2;
  const more = units.length - visible.length;
  const notes = more ? [{ x, y: top + visible.length * row + 4, text: `... +${count(more, "unit")}` }] : [];
  return { units: visible.map((unit, i) => ({ unit, x, y: top + i * row })), notes };
}

/**
 * @param {NetworkState} network
 * @param {number} n
 * @param {number} layer
 */
function headingOf(network, n, layer) {
  if (layer === 0) return count(n, "input");
  const noun = layer === network.n_layers ? "output" : "unit";
  return `${count(n, noun)}, ${network.activations[layer - 1]}`;
}

/**
 * @param {NetworkState} network
 * @param {PlacedUnit[]} units
 * @param {number} radius
 * @param {number} row
 * @returns {PlacedEdge[]}
 */
function placedEdges(network, units, radius, row) {
  const byId = new Map(units.map((each) => [each.unit.id, each]));
  const edges = [];
  for (const edge of network.edges) {
    const [from, to] = [byId.get(edge.source), byId.get(edge.target)];
    if (!from || !to) continue;
    const targets = units.filter(({ unit }) => unit.layer === to.unit.layer && unit.kind !== "bias").length;
    edges.push(placedEdge(edge, from, to, radius, numberPlace(targets, row)));
  }
  return edges;
}

/**
 * The height of the control point of an arc: above the units, but not so high that the arc overlaps the headings.
 * @param {PlacedUnit} from
 * @param {PlacedUnit} to
 */
function bowHeight(from, to) {
  const high = Math.min(from.y, to.y) - 50 * (to.unit.layer - from.unit.layer);
  return Math.max(high, 2 * HEADING - (from.y + to.y) / 2);
}

/**
 * The fraction of the way to the next layer at which the numbers on lines do not overlap, or null if there is
 * none: the numbers of a unit are `share * row` apart, and those of the next one begin `row - targets * share * row` below.
 * @param {number} targets units of the next layer
 * @param {number} row
 */
function numberPlace(targets, row) {
  const share = Math.min(0.4, (1 - LINE / row) / targets);
  return targets === 1 || share * row >= LINE ? share : null;
}

/**
 * A straight line, or an arc above the layers that it skips.
 * @param {Edge} edge
 * @param {PlacedUnit} from
 * @param {PlacedUnit} to
 * @param {number} radius
 * @param {number | null} share part of the way at which the number stands
 * @returns {PlacedEdge}
 */
function placedEdge(edge, from, to, radius, share) {
  const [x1, x2] = [from.x + radius, to.x - radius];
  if (to.unit.layer - from.unit.layer > 1) {
    const [x, y] = [(x1 + x2) / 2, bowHeight(from, to)];
    return {
      edge,
      path: `M${x1} ${from.y}Q${x} ${y} ${x2} ${to.y}`,
      label: share === null ? null : { x, y: (from.y + 2 * y + to.y) / 4 },
    };
  }
  return {
    edge,
    path: `M${x1} ${from.y}L${x2} ${to.y}`,
    label: share === null ? null : { x: x1 + share * (x2 - x1), y: from.y + share * (to.y - from.y) },
  };
}
