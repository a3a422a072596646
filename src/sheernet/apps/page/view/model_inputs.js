/**
 * Fields for the values of the inputs of a model: a slider and a text field for numbers, dates and times, a choice for
 * labels and Booleans.
 *
 * @typedef {import("./protocol.js").ModelInput} ModelInput
 * @typedef {{ node: HTMLElement, show: (input: ModelInput) => void }} InputField
 * @typedef {(value: number | string) => void} Choose
 */
import { html, set } from "./dom.js";
import { linearTicks, nearest, shownOn } from "./numbers.js";

const STOPS = 100; // approximate number of positions of a slider, at round numbers
const [DAY, MINUTE] = [86_400_000, 60_000]; // milliseconds
const FIVE_MINUTES = 1 / 12;

/**
 * @param {ModelInput} input
 * @param {Choose} choose
 * @returns {InputField}
 */
export function inputField(input, choose) {
  return input.kind === "category" || input.kind === "boolean"
    ? choiceField(input, choose)
    : sliderField(input, choose);
}

/**
 * @param {ModelInput} input
 * @param {Choose} choose
 * @returns {InputField}
 */
function choiceField({ name, kind, labels }, choose) {
  const options = kind === "boolean" ? ["false", "true"] : labels;
  const isFlag = kind === "boolean";
  const field = html(
    "select",
    { "aria-label": name, onchange: () => choose(isFlag ? field.selectedIndex : field.value) },
    ...options.map((label) => html("option", { value: label }, label)),
  );
  const show = (/** @type {ModelInput} */ { value }) => {
    field.value = isFlag ? options[value ? 1 : 0] : String(value);
  };
  return { node: html("div", { class: "input-field" }, field), show };
}

/**
 * A slider whose positions are round numbers and the ends of the range, and a field for any value.
 * @param {ModelInput} input
 * @param {Choose} choose
 * @returns {InputField}
 */
function sliderField(input, choose) {
  const { name, kind } = input;
  const stops = stopsOf(input);
  const slider = html("input", {
    type: "range",
    min: 0,
    max: stops.length - 1,
    step: 1,
    "aria-label": `${name}, slider`,
    oninput: () => choose(stops[slider.valueAsNumber]),
  });
  const { field, write } = valueField(input, choose);
  const show = (/** @type {ModelInput} */ { value }) => {
    const number = Number(value);
    if (document.activeElement !== slider) slider.value = String(nearest(stops, number));
    set(slider, "aria-valuetext", shownOn(kind, number));
    write(number);
  };
  return { node: html("div", { class: "input-field" }, slider, field), show };
}

/**
 * A field that keeps what is typed until it is entered or left.
 * @param {ModelInput} input
 * @param {(value: number) => void} choose
 */
function valueField({ name, kind, low, high }, choose) {
  const type =
    kind === "date" ? (isWhole(low) && isWhole(high) ? "date" : "datetime-local") : kind === "time" ? "time" : "number";
  const step = type === "date" ? 1 : "any";
  let isTyped = false;
  const typed = (/** @type {boolean} */ is) => () => void (isTyped = is);
  const field = html("input", {
    type,
    step,
    "aria-label": name,
    oninput: typed(true),
    onblur: typed(false),
    onchange: () => chosen(),
  });
  const read = () => {
    if (kind === "number") return field.valueAsNumber;
    if (kind === "time") return field.valueAsNumber / MINUTE / 60;
    return Date.parse(type === "date" ? field.value : `${field.value}Z`) / DAY;
  };
  const write = (/** @type {number} */ value) => {
    if (isTyped || (document.activeElement === field && read() === value)) return;
    if (kind === "number") field.value = String(Number(value.toPrecision(6)));
    else if (kind === "time") field.valueAsNumber = Math.min(Math.round(value * 60), 24 * 60 - 1) * MINUTE;
    else
      field.value = new Date(Math.round((value * DAY) / MINUTE) * MINUTE)
        .toISOString()
        .slice(0, type === "date" ? 10 : 16);
  };
  const chosen = () => {
    isTyped = false;
    const value = read();
    if (Number.isFinite(value)) choose(value);
  };
  return { field, write };
}

/** @param {number | null} value */
function isWhole(value) {
  return Number.isInteger(value);
}

/**
 * The values of the positions of a slider, ascending.
 * @param {ModelInput} input
 */
function stopsOf({ kind, low, high }) {
  const [first, last] = [low ?? 0, high ?? 0];
  if (!(last > first)) return [first];
  const within =
    kind === "number" ? linearTicks(first, last, STOPS) : evenStops(first, last, kind === "date" ? 1 : FIVE_MINUTES);
  return [first, ...within.filter((stop) => stop > first && stop < last), last];
}

/**
 * Multiples of a number of days, or of five minutes; smaller steps in a short range.
 * @param {number} first
 * @param {number} last
 * @param {number} unit
 */
function evenStops(first, last, unit) {
  const n = (last - first) / unit;
  const step = n < STOPS / 10 ? (last - first) / STOPS : unit * Math.ceil(n / (2 * STOPS));
  const count = Math.ceil((last - first) / step);
  return [...Array(count).keys()].map((k) => (Math.ceil(first / step) + k) * step);
}
