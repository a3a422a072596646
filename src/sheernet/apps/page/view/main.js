/** The page: open a session, receive its states and frames, and draw at most once per animation frame. */
import { Api } from "./api.js";
import { render as renderCosts } from "./charts.js";
import { Commands } from "./commands.js";
import { render as renderControls } from "./controls.js";
import { render as renderDiagram } from "./diagram.js";
import { setText } from "./dom.js";
import { shareRenderer } from "./exercise_link.js";
import { render as renderFigures } from "./figures.js";
import { completed, extended, noRows, PageModel } from "./model.js";
import { render as renderPasses } from "./passes.js";
import { render as renderPresets } from "./presets.js";
import { render as renderSurface } from "./surface.js";
import { tableRenderer } from "./table.js";
import { render as renderTransport } from "./transport.js";
import { render as renderUnit } from "./unit_details.js";

/** @param {string} id */
function place(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element ${id}`);
  return found;
}

/**
 * Frames that arrive between two animation frames are merged; in a hidden tab, nothing is drawn.  A frame is drawn with
 * the state of its revision, which may arrive later: the answer to a command has it, and the stream too.
 * @param {PageModel} model
 */
function painter(model) {
  /** @type {import("./model.js").Frame | null} */
  let latest = null;
  let rows = noRows();
  let asked = false;
  const paint = () => {
    asked = false;
    if (latest?.revision !== model.get("state")?.revision) return;
    model.set("rows", rows);
    model.set("frame", latest);
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(paint);
    asked = true;
  };
  model.on("change:state", ask);
  return (/** @type {import("./model.js").Frame} */ frame) => {
    latest = completed(latest, frame);
    rows = extended(rows, frame.curves);
    ask();
  };
}

/**
 * Show the formulas of a unit: the first hidden unit, if the network does not have the unit shown before.
 * @param {PageModel} model
 * @param {import("./model.js").State} state
 */
function chooseUnit(model, { network }) {
  if (network.units.some((unit) => unit.id === model.get("unit"))) return;
  model.set("unit", network.units.find((unit) => unit.kind === "hidden" || unit.kind === "output")?.id ?? "");
}

async function start() {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const lost = (/** @type {string} */ sentence) => {
    setText(place("lost"), sentence);
    place("lost").hidden = !sentence;
  };
  const api = new Api(token);
  let opened = await api.open(location.hash.slice(1));
  let refused = opened.session ? "" : opened.error;
  if (refused && location.hash) opened = await api.open(""); // invalid settings; the initial settings may be valid
  if (!opened.session) {
    place("transport").replaceChildren();
    return lost(refused || opened.error);
  }
  const commands = new Commands((state) => setState(state));
  const model = new PageModel((command) => commands.run(() => api.send(command)));
  const sendTable = (/** @type {File} */ file) => commands.run(() => api.sendTable(file));
  const setState = (/** @type {import("./model.js").State} */ state) => {
    const known = model.get("state")?.revision ?? state.revision;
    if (state.revision < known) return;
    if (state.revision > known) lost((refused = ""));
    chooseUnit(model, state);
    history.replaceState(null, "", `?token=${encodeURIComponent(token)}#${state.query}`);
    const { title } = state.exercise;
    document.title = title ? `${title} – sheernet` : "sheernet";
    model.set("state", state);
  };
  setState(opened.state);
  renderParts(model, api, sendTable);
  api.listen({
    state: (state) => commands.offer(state),
    frame: painter(model),
    lost: (sentence) => lost(sentence || refused),
  });
  lost(refused);
}

/**
 * @param {PageModel} model
 * @param {Api} api
 * @param {(file: File) => Promise<import("./model.js").Answer>} sendTable
 */
function renderParts(model, api, sendTable) {
  const parts = /** @type {const} */ ([
    ["presets", renderPresets],
    ["transport", renderTransport],
    ["controls", renderControls],
    ["diagram", renderDiagram],
    ["unit", renderUnit],
    ["costs", renderCosts],
    ["surface", renderSurface],
    ["figures", renderFigures],
    ["passes", renderPasses],
    ["data", tableRenderer(sendTable)],
    ["share", shareRenderer(api)],
  ]);
  for (const [id, render] of parts) render({ model, el: place(id) });
}

start();
