/**
 * The interactive model: the prediction at a point chosen by sliders, a curve for each input, the distance of the point
 * from the data, and the best inputs.  The model is the current network of the page, or the model of a file.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./model.js").Answer} Answer
 * @typedef {import("./protocol.js").ProfileResult} ProfileResult
 * @typedef {import("./protocol.js").ModelInput} ModelInput
 * @typedef {import("./model_inputs.js").InputField} InputField
 * @typedef {Record<string, number | string>} Point
 * @typedef {{ of: string, at: Point, columns: string[] | null, revision: number | null }} Question of the command "profile"
 * @typedef {{ input: ModelInput, node: HTMLElement, chart: ProfileChart | null, field: InputField }} Panel
 */
import { BestInputs } from "./best_inputs.js";
import { roundRange } from "./chart_axes.js";
import { button, html, set, setText, svg } from "./dom.js";
import { Latest } from "./latest.js";
import { legendKey } from "./line_chart.js";
import { follow } from "./model.js";
import { inputField } from "./model_inputs.js";
import { rangeOf } from "./numbers.js";
import { ProfileChart } from "./profile_chart.js";
import { csvOf, saveBlob, textFile } from "./saving.js";

const MOST_CURVES = 12; // inputs with a curve: those over which the predictions change most
const MOST_LINES = 5; // classes in a chart
const ENDS = 10; // the y axis ends at about tenths of the range, so that it rarely changes
const SPOKEN_AFTER = 700; // milliseconds without a change of the point after which the prediction is announced
const SLOWEST = 500; // milliseconds between two profiles of a network that is being trained

/** @param {Host} host */
export function render({ model, el }) {
  const tab = new ModelTab(model, el);
  follow({ model, el }, ["frame", "state"], () => tab.follow());
}

class ModelTab {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    /** @type {Point} */
    this.at = {};
    /** @type {ProfileResult | null} */
    this.shown = null;
    this.shownFor = ""; // the model whose inputs the panels have
    /** @type {Panel[]} */
    this.panels = [];
    this.made = "";
    this.seen = "";
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speaking = undefined;
    this.latest = new Latest(
      (/** @type {Question} */ question) => this.model.send({ command: "profile", ...question }),
      (answer, question) => this.receive(answer, question),
    );
    this.which = html(
      "select",
      { "aria-label": "Model", onchange: () => this.chooseModel() },
      html("option", { value: "file" }, "the model of the file"),
      html("option", { value: "run" }, "the network of this page"),
    );
    this.outputs = html("select", { "aria-label": "Curves of", onchange: () => this.drawCurves() });
    this.about = html("p", { class: "small muted about" });
    this.error = html("p", { class: "error", role: "alert" });
    this.predictions = html("div", { class: "predictions" });
    this.spoken = html("p", { class: "spoken", role: "status" });
    this.meter = svg("svg", { class: "gauge", role: "img" });
    this.place = html("div", { class: "small" });
    this.curves = html("div", { class: "profile-panels" });
    this.others = html("div", { class: "profile-panels" });
    this.more = html("details", { class: "data", hidden: true }, html("summary", {}, "Other inputs"), this.others);
    const search = html("section", { class: "best-inputs" });
    const bar = html(
      "div",
      { class: "bar" },
      this.which,
      this.outputs,
      button("Typical values", () => this.choose({})),
      button("Save curves as CSV", () => this.saveCurves()),
    );
    const head = html("div", { class: "pair" }, this.predictions, html("div", {}, this.meter, this.place));
    this.body = html("div", { hidden: true }, head, this.curves, this.more, search);
    el.append(bar, this.about, this.error, this.body, this.spoken);
    this.best = new BestInputs(
      search,
      (want, fixed, near_data) => this.search(want, fixed, near_data),
      (values) => this.choose(values),
    );
  }

  get of() {
    return this.model.get("state")?.model_file ? this.which.value : "run";
  }

  /** The inputs whose curves are requested; null for all, of which some are then chosen. */
  get columns() {
    return this.shown ? this.panels.filter(({ chart }) => chart).map(({ input }) => input.name) : null;
  }

  /** The model and the settings on which its inputs depend. */
  get source() {
    return this.of === "file" ? "file" : String(this.model.get("state")?.revision);
  }

  /** Repeat the query if the network has changed. */
  follow() {
    const [state, frame] = [this.model.get("state"), this.model.get("frame")];
    if (!state || !frame) return;
    this.which.hidden = !state.model_file || Boolean(state.only_model);
    const { status, iteration, start, objective } = frame;
    const seen = this.of === "file" ? "file" : JSON.stringify([this.source, status, iteration, start, objective]);
    if (seen === this.seen) return;
    const wait = this.asked + SLOWEST - performance.now();
    if (status === "running" && wait > 0) return void (this.later ??= setTimeout(() => this.followLater(), wait));
    this.seen = seen;
    this.ask();
  }

  followLater() {
    this.later = undefined;
    if (!this.body.closest(".panel[hidden]")) this.follow();
  }

  ask() {
    this.asked = performance.now();
    if (this.isOfOtherInputs()) {
      this.at = {};
      this.shown = null;
    }
    const revision = this.model.get("state")?.revision ?? null;
    this.latest.put({ of: this.of, at: this.at, columns: this.columns, revision });
  }

  /** Whether the settings have changed so that the inputs shown are no longer the inputs of the network. */
  isOfOtherInputs() {
    const columns = this.model.get("state")?.data.columns ?? [];
    const names = columns.filter(({ role }) => role === "input").map(({ name }) => name);
    return this.of === "run" && this.shown?.inputs.some(({ name }) => !names.includes(name));
  }

  /** Request all curves, because the curves shown are of inputs that the model may not have. */
  askAnew() {
    this.shown = null;
    this.ask();
  }

  /**
   * Choose the values of some inputs; other inputs have the values of a typical row.
   * @param {Point} at
   */
  choose(at) {
    this.at = at;
    this.ask();
  }

  chooseModel() {
    this.at = {};
    this.askAnew();
  }

  /**
   * @param {Answer} answer
   * @param {Question} question
   */
  receive({ result, error }, { of, at, columns }) {
    if (of !== this.of) return; // another model was chosen since
    const found = /** @type {ProfileResult | null} */ (result);
    const isStale = this.shownFor !== this.source;
    if (!found && isStale && (columns || Object.keys(at).length)) return this.chooseModel();
    setText(this.error, error);
    if (found) {
      const key = JSON.stringify([found.outputs, found.inputs.map(({ value, written, ...fixed }) => fixed)]);
      if (key !== this.made && columns) return this.askAnew();
      this.shownFor = this.source;
      this.show(found, key);
    } else if (isStale) this.shown = null;
    this.body.hidden = !this.shown;
  }

  /**
   * @param {ProfileResult} found
   * @param {string} key of its inputs and predictions
   */
  show(found, key) {
    this.shown = found;
    setText(this.about, found.model.join(" "));
    if (key !== this.made) {
      this.made = key;
      this.makePanels(found);
      this.listOutputs(found);
    }
    for (const { input, field } of this.panels) {
      const now = found.inputs.find(({ name }) => name === input.name);
      if (now) field.show(now);
    }
    this.predictions.replaceChildren(...found.sentences.map((sentence) => html("p", {}, sentence)));
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => setText(this.spoken, found.sentences[0] ?? ""), SPOKEN_AFTER);
    this.place.replaceChildren(...found.distance.sentences.map((sentence) => html("p", {}, sentence)));
    this.drawGauge(found.distance);
    this.body.hidden = false; // the charts take its width
    this.drawCurves();
    this.best.update(found);
  }

  /** @param {ProfileResult} found */
  makePanels(found) {
    const drawn = new Set(mostChanging(found));
    this.panels = found.inputs.map((input) => {
      const field = inputField(input, (value) => this.choose({ ...this.point, [input.name]: value }));
      const node = html("div", { class: "profile-panel", role: "group", "aria-label": input.name });
      (drawn.has(input.name) ? this.curves : this.others).append(node);
      const chart = drawn.has(input.name) ? new ProfileChart(node, input.name) : null;
      node.append(...(chart ? [] : [html("span", {}, input.name)]), field.node);
      return { input, node, chart, field };
    });
    const nodes = (/** @type {boolean} */ withChart) =>
      this.panels.filter(({ chart }) => Boolean(chart) === withChart).map(({ node }) => node);
    this.curves.replaceChildren(...nodes(true));
    this.others.replaceChildren(...nodes(false));
    this.more.hidden = !nodes(false).length;
  }

  /** All values of the point, including those that were not chosen. */
  get point() {
    const shown = Object.fromEntries((this.shown?.inputs ?? []).map(({ name, value }) => [name, value]));
    return { ...shown, ...this.at };
  }

  /** @param {ProfileResult} found */
  listOutputs({ outputs, shown, probabilities }) {
    const all = probabilities && shown.length > 1 && shown.length <= MOST_LINES;
    const options = shown.map((k) => html("option", { value: k }, `Curves of ${outputs[k]}`));
    if (all) options.unshift(html("option", { value: "all" }, "Curves of all classes"));
    this.outputs.replaceChildren(...options);
    this.outputs.hidden = options.length < 2;
  }

  drawCurves() {
    const found = this.shown;
    if (!found) return;
    const chosen = this.outputs.value === "all" ? found.shown : [Number(this.outputs.value)];
    const lines = chosen.map((k, i) => ({
      name: found.outputs[k],
      class: chosen.length > 1 ? `path-${i}` : "training",
      k,
    }));
    const heights = found.curves.flatMap(({ mean, low, high }) =>
      chosen.flatMap((k) => [...mean[k], ...(low[k] ?? []), ...(high[k] ?? [])]),
    );
    const y = found.probabilities ? { low: 0, high: 1 } : roundRange(rangeOf(heights), false, ENDS);
    const yName = found.probabilities ? "probability" : found.outputs[chosen[0]];
    for (const { input, chart } of this.panels) {
      const curve = found.curves.find(({ column }) => column === input.name);
      if (chart && curve) chart.update(curve, lines, y, yName, lines.length > 1 ? lines.map(legendKey) : []);
    }
  }

  /**
   * The distance on a scale that ends beyond the farthest training row.
   * @param {import("./protocol.js").Distance} distance
   */
  drawGauge({ distance, far, farthest, is_outside }) {
    this.meter.toggleAttribute("hidden", distance === null);
    if (distance === null || far === null || farthest === null) return;
    const end = Math.max(1.25 * farthest, 1e-12);
    const [width, left] = [300, 1];
    const x = (/** @type {number} */ value) => left + (width * Math.min(value, end)) / end;
    const zone = (/** @type {string} */ kind, /** @type {number} */ from, /** @type {number} */ to) =>
      svg("rect", { class: kind, x: x(from), y: 6, width: x(to) - x(from), height: 12 });
    const where =
      distance > farthest
        ? "beyond all training rows"
        : distance > far
          ? "beyond 95 % of the training rows"
          : "within 95 % of the training rows";
    set(this.meter, "viewBox", `0 0 ${width + 2} 36`);
    set(
      this.meter,
      "aria-label",
      `Distance from the center of the data: ${where}${is_outside ? ", a value is outside its range" : ""}`,
    );
    const name = (/** @type {number} */ at, /** @type {string} */ text, anchor = "middle") =>
      svg("text", { x: at, y: 31, "text-anchor": anchor }, text);
    this.meter.replaceChildren(
      zone("near", 0, far),
      zone("far", far, farthest),
      zone("beyond", farthest, end),
      name(x(0), "middle", "start"),
      name(x(far), "95 %"),
      name(x(end), "all rows", "end"),
      svg("path", { class: "needle", d: `M${x(distance)} 3v18` }),
    );
  }

  /**
   * @param {Record<string, unknown>} want
   * @param {string[]} names of the inputs that are kept
   * @param {boolean} near_data
   */
  search(want, names, near_data) {
    const { point } = this;
    const fixed = Object.fromEntries(names.map((name) => [name, point[name]]));
    return this.model.send({ command: "search", of: this.of, want, fixed, near_data });
  }

  /** The rows of all curves with their predictions, in full precision, as `sheernet predict` reads them. */
  saveCurves() {
    const found = this.shown;
    if (!found) return;
    const { inputs, outputs, curves } = found;
    const names = inputs.map(({ name }) => name);
    const hasBand = curves.some(({ low }) => low.length);
    const ends = outputs.flatMap((name) => [`predicted ${name}`, ...(hasBand ? [`low ${name}`, `high ${name}`] : [])]);
    const rows = curves.flatMap((curve) =>
      curve.written.map((value, g) => [
        curve.column,
        ...inputs.map(({ name, written }) => (name === curve.column ? value : written)),
        ...outputs.flatMap((_, k) => [curve.mean[k][g], ...(hasBand ? [curve.low[k][g], curve.high[k][g]] : [])]),
      ]),
    );
    saveBlob(textFile("text/csv", csvOf({ headings: ["curve", ...names, ...ends], rows })), "profile.csv");
  }
}

/**
 * The inputs over which the predictions change most.
 * @param {ProfileResult} found
 */
function mostChanging({ curves, shown }) {
  const change = (/** @type {import("./protocol.js").ProfiledCurve} */ { mean }, /** @type {number} */ k) => {
    const [low, high] = rangeOf(mean[k]);
    return high - low;
  };
  const most = shown.map((k) => Math.max(...curves.map((curve) => change(curve, k)), 1e-300));
  const size = (/** @type {import("./protocol.js").ProfiledCurve} */ curve) =>
    Math.max(...shown.map((k, i) => change(curve, k) / most[i]));
  const sorted = [...curves].sort((one, other) => size(other) - size(one));
  return sorted.slice(0, MOST_CURVES).map(({ column }) => column);
}
