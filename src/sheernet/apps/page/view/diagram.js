/**
 * The network as a diagram that shows the weights.  Blue solid lines are positive weights, orange dashed lines negative
 * weights; their width is the magnitude.  Elements are made once for each network; frames only change attributes.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./diagram_layout.js").PlacedUnit} PlacedUnit
 * @typedef {import("./diagram_layout.js").PlacedEdge} PlacedEdge
 */
import { placed } from "./diagram_layout.js";
import { html, set, setText, svg } from "./dom.js";
import { follow } from "./model.js";
import { isNumber, shown, signed } from "./numbers.js";
import { columnName, layerNumbers, unitLabel, unitSentence, weightSentence } from "./unit_formulas.js";

/** @param {Host} host */
export function render({ model, el }) {
  const diagram = new Diagram(model, el);
  follow(model, ["state"], () => diagram.build());
  follow(model, ["frame"], () => diagram.update());
  follow(model, ["unit"], () => diagram.markChosen());
}

class Diagram {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.svg = svg("svg", {
      class: "diagram",
      role: "group",
      "aria-label": "Network diagram: arrow keys move between units, Enter shows formula and weights",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event),
      onclick: (/** @type {MouseEvent} */ event) => this.onClick(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.onPointer(event),
      onpointerleave: () => this.say(null, 0, 0),
      onfocusin: (/** @type {FocusEvent} */ event) => this.onFocus(/** @type {Element} */ (event.target)),
      onfocusout: () => this.say(null, 0, 0),
    });
    this.tip = html("div", { class: "tip", role: "tooltip", id: "diagram-tip", hidden: true });
    this.summary = html("p", { class: "small muted" });
    this.box = html("div", { class: "diagram-box" }, this.svg, this.tip);
    el.append(this.box, this.summary);
    /** @type {{ place: PlacedEdge, line: SVGPathElement, number: SVGTextElement | null }[]} */
    this.edges = [];
    /** @type {{ place: PlacedUnit, node: SVGGElement, value: SVGTextElement }[]} */
    this.units = [];
    this.width = 0;
    this.built = "";
    /** @type {[Element, number, number] | null} */
    this.pointed = null;
    new ResizeObserver(() => Math.abs(this.box.clientWidth - this.width) > 4 && this.build()).observe(this.box);
  }

  build() {
    const state = this.model.get("state");
    if (!state) return;
    this.width = this.box.clientWidth || 480;
    const key = JSON.stringify([state.network, this.width]);
    if (key === this.built) return;
    this.built = key;
    setText(this.summary, [state.network.summary, state.network.note].filter(Boolean).join(". "));
    this.svg.toggleAttribute("hidden", !state.network.units.length);
    if (!state.network.units.length) return;
    const layout = placed(state.network, this.width);
    this.edges = layout.edges.map((place) => ({
      place,
      line: svg("path", { d: place.path, class: "weight" }),
      number: place.label && svg("text", { class: "weight-number", x: place.label.x, y: place.label.y + 4 }),
    }));
    this.units = layout.units.map((place) => unitNode(place, state.network.n_layers, layout));
    // Wide invisible lines that are easy to hit with the pointer are below the units and above the lines.
    const targets = this.edges.map(({ place }) =>
      svg("path", { d: place.path, class: "weight-target", "data-weight": place.edge.index }),
    );
    set(this.svg, "width", layout.width);
    set(this.svg, "height", layout.height);
    this.svg.replaceChildren(
      ...this.edges.map(({ line }) => line),
      ...targets,
      ...this.edges.flatMap(({ number }) => number ?? []),
      ...this.units.map(({ node }) => node),
      ...layout.notes.map(({ x, y, text }) => svg("text", { class: "note", x, y }, text)),
      ...layout.headings.flatMap(({ x, y, text }) =>
        text.split(", ").map((line, i) => svg("text", { class: "heading", x, y: y + 15 * i }, line)),
      ),
    );
    this.markChosen();
    this.update();
  }

  update() {
    const frame = this.model.get("frame");
    if (!frame) return;
    const { theta } = frame;
    const largest = this.edges.reduce(
      (most, { place }) => Math.max(most, Math.abs(theta[place.edge.index] ?? 0)),
      1e-12,
    );
    for (const { place, line, number } of this.edges) {
      const value = theta[place.edge.index] ?? 0;
      set(line, "class", `weight ${value > 0 ? "positive" : value < 0 ? "negative" : "zero"}`);
      set(line, "stroke-width", widthOf(Math.abs(value) / largest));
      if (number) setText(number, theta.length ? signed(value, 3) : "");
    }
    const passes = frame.passes;
    for (const { place, node, value } of this.units) {
      const numbers = layerNumbers(passes, place.unit.layer);
      const a = place.unit.kind === "bias" ? null : numbers?.a?.[place.unit.index];
      setText(value, isNumber(a) ? shown(a, 3) : "");
      const last = passes?.pass && passes.layer === place.unit.layer && place.unit.kind !== "bias";
      node.classList.toggle("current", Boolean(last));
    }
    if (this.pointed) this.say(...this.pointed);
  }

  markChosen() {
    const chosen = this.model.get("unit");
    const found = this.units.some(({ place }) => place.unit.id === chosen);
    this.units.forEach(({ place, node }, i) => {
      const mine = place.unit.id === chosen;
      node.classList.toggle("chosen", mine);
      set(node, "aria-pressed", String(mine));
      set(node, "tabindex", mine || (!found && i === 0) ? 0 : -1);
    });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const now = this.units.find(({ node }) => node === event.target);
    if (!now) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.model.set("unit", now.place.unit.id);
      return;
    }
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [
      0, 0,
    ];
    if (!dx && !dy) return;
    event.preventDefault();
    const next = this.neighbor(now.place, dx, dy);
    if (!next) return;
    for (const { node } of this.units) set(node, "tabindex", node === next ? 0 : -1);
    next.focus();
  }

  /**
   * The nearest unit in a direction.
   * @param {PlacedUnit} from
   * @param {number} dx
   * @param {number} dy
   */
  neighbor(from, dx, dy) {
    const candidates = this.units.filter(({ place }) =>
      dx ? (place.x - from.x) * dx > 1 : Math.abs(place.x - from.x) < 1 && (place.y - from.y) * dy > 1,
    );
    const distance = (/** @type {PlacedUnit} */ place) => 3 * Math.abs(place.x - from.x) + Math.abs(place.y - from.y);
    candidates.sort((one, other) => distance(one.place) - distance(other.place));
    return candidates[0]?.node;
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const unit = target.closest("[data-unit]")?.getAttribute("data-unit");
    const weight = target.closest("[data-weight]")?.getAttribute("data-weight");
    if (unit) this.model.set("unit", unit);
    if (weight) {
      const edge = this.edges.find(({ place }) => String(place.edge.index) === weight)?.place.edge;
      if (!edge) return;
      this.model.set("unit", edge.target);
      document.getElementById(`weight-${weight}`)?.focus();
    }
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const { left, top } = this.svg.getBoundingClientRect();
    this.say(/** @type {Element} */ (event.target), event.clientX - left, event.clientY - top);
  }

  /** @param {Element} node */
  onFocus(node) {
    const place = this.units.find((unit) => unit.node === node)?.place;
    if (place && node.matches(":focus-visible")) this.say(node, place.x, place.y);
  }

  /**
   * Show the formula of the unit or weight under the pointer.
   * @param {Element | null} target
   * @param {number} x
   * @param {number} y
   */
  say(target, x, y) {
    const [state, frame] = [this.model.get("state"), this.model.get("frame")];
    const unit = target?.closest("[data-unit]")?.getAttribute("data-unit");
    const weight = target?.closest("[data-weight]")?.getAttribute("data-weight");
    this.pointed = target && (unit || weight) ? /** @type {[Element, number, number]} */ ([target, x, y]) : null;
    this.tip.hidden = !this.pointed;
    if (!this.pointed || !state || !frame) return;
    setText(this.tip, unit ? unitSentence(state, frame, unit) : weightSentence(state, frame, Number(weight)));
    const left = Math.max(0, Math.min(x + 14, this.width - this.tip.offsetWidth - 4));
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${y + 16}px`;
  }
}

/**
 * The width of a line, rounded to a quarter of a pixel, so that it is only repainted if the change is visible.
 * @param {number} share of the largest weight
 */
function widthOf(share) {
  return Math.round(4 * (0.75 + 5 * share)) / 4;
}

/**
 * A circle, or the square of a bias, with its label, its value, and the name of its column.
 * @param {PlacedUnit} place
 * @param {number} nLayers
 * @param {import("./diagram_layout.js").DiagramLayout} layout
 */
function unitNode(place, nLayers, { radius, letters }) {
  const { unit, x, y } = place;
  const side = radius * 1.5;
  const shape =
    unit.kind === "bias"
      ? svg("rect", { x: x - side / 2, y: y - side / 2, width: side, height: side })
      : svg("circle", { cx: x, cy: y, r: radius });
  const label = unitLabel(unit, nLayers);
  const value = svg("text", { class: "unit-value", x, y: y + radius + 10 });
  const name = columnName(unit);
  const cut = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  const outside = x + (unit.kind === "input" ? -1 : 1) * (radius + 6);
  const called = unit.kind === "bias" ? `1, bias of layer ${unit.layer + 1}` : null; // others are called by their texts
  const node = svg(
    "g",
    {
      class: `unit ${unit.kind}`,
      "data-unit": unit.id,
      role: "button",
      "aria-label": called,
      "aria-describedby": "diagram-tip",
      tabindex: -1,
    },
    shape,
    svg("text", { class: radius < 14 ? "unit-label narrow" : "unit-label", x, y: y + 4 }, label),
    cut && svg("text", { class: "unit-name", x: outside, y: y + 4 }, cut),
    value,
  );
  return { place, node, value };
}
