/**
 * The form of the settings, built from the controls in the state.  A control keeps its element, and so the focus, while
 * its kind and allowed values do not change.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").Control} Control
 * @typedef {import("./protocol.js").Exercise} Exercise
 * @typedef {{ key: string, node: HTMLElement, show: (control: Control) => void }} Shown
 * @typedef {{ field: HTMLElement, show: (value: any) => void }} Field
 */
import { html, newId, set, setText } from "./dom.js";
import { follow } from "./model.js";

const KEYS = "Keys: space plays and pauses, . steps, r resets.";
const GROUPS = /** @type {Record<string, string>} */ ({
  data: "Data",
  network: "Network",
  cost: "Cost and scaling",
  training: "Method",
  starts: "Start",
});

/** @param {Host} host */
export function render({ model, el }) {
  const form = new SettingsForm(model, el);
  follow(model, ["state"], () => form.update());
}

/**
 * Whether a control is shown: not hidden by the exercise, and its conditions hold.
 * @param {Control} control
 * @param {Control[]} all
 * @param {readonly string[]} hidden
 */
function isShown(control, all, hidden) {
  if (hidden.includes(control.name)) return false;
  return Object.entries(control.when).every(([name, values]) => {
    const other = all.find((each) => each.name === name);
    return !other || values.includes(other.value ?? other.default);
  });
}

class SettingsForm {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    /** @type {Map<string, Shown>} */
    this.controls = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.groups = new Map();
    this.form = html("form", {
      "aria-label": "Settings",
      onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
    });
    this.error = html("p", { class: "error", role: "alert" });
    this.help = html("p", { class: "help small", "aria-hidden": "true" });
    el.append(this.error, this.form, html("p", { class: "small muted" }, KEYS), this.help);
  }

  update() {
    const state = this.model.get("state");
    if (!state) return;
    const visible = state.controls.filter((control) =>
      isShown(control, state.controls, state.exercise.hidden_controls),
    );
    const groups = new Map(
      /** @type {[string, HTMLElement[]][]} */ (
        [...new Set(visible.map((control) => control.group))].map((name) => [name, []])
      ),
    );
    for (const control of visible) {
      const shown = this.control(control);
      shown.show(control);
      groups.get(control.group)?.push(shown.node);
    }
    const sections = [...groups].map(([name, nodes]) => this.section(name, nodes));
    if (
      sections.some((section, i) => this.form.children[i] !== section) ||
      sections.length !== this.form.children.length
    ) {
      this.form.replaceChildren(...sections);
    }
  }

  /**
   * @param {string} name
   * @param {HTMLElement[]} nodes
   */
  section(name, nodes) {
    const section =
      this.groups.get(name) ??
      html("fieldset", { class: "group" }, html("legend", {}, GROUPS[name] ?? name), html("div"));
    this.groups.set(name, section);
    const place = section.children[1];
    if (nodes.some((node, i) => place.children[i] !== node) || nodes.length !== place.children.length)
      place.replaceChildren(...nodes);
    return section;
  }

  /** @param {Control} control */
  control(control) {
    const key = JSON.stringify([control.kind, control.label, control.allowed, control.least, control.most]);
    const place = control.name + JSON.stringify(control.when); // an option of two methods may be two controls
    const known = this.controls.get(place);
    if (known?.key === key) return known;
    const made = { key, ...this.made(control) };
    this.controls.set(place, made);
    return made;
  }

  /** @param {Control} control */
  made(control) {
    const [id, helpId] = [newId(), newId()];
    const { field, show } = MAKERS[control.kind](control, id, (value) => this.change(control.name, value));
    const help = html("span", { id: helpId, class: "spoken" }, control.help);
    const reason = html("span", { class: "small muted reason" });
    set(field, "aria-describedby", helpId);
    const label =
      control.kind === "columns"
        ? html("span", { id: `${id}-name`, class: "label" }, control.label)
        : html("label", { for: id, class: "label" }, control.label);
    const node = html(
      "div",
      {
        class: `control ${control.kind}`,
        "data-control": control.name,
        onfocusin: () => setText(this.help, control.help),
        onpointerenter: () => setText(this.help, control.help),
      },
      label,
      field,
      help,
      reason,
    );
    return {
      node,
      show: (/** @type {Control} */ now) => {
        show(now.value);
        setText(reason, now.reason);
        for (const part of [field, ...field.querySelectorAll("input")]) set(part, "disabled", now.reason !== "");
      },
    };
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  async change(name, value) {
    const { error } = await this.model.send({ command: "settings", values: { [name]: value } });
    setText(this.error, error);
    if (error) this.update();
  }
}

/** @type {Record<Control["kind"], (control: Control, id: string, change: (value: unknown) => void) => Field>} */
const MAKERS = {
  choice(control, id, change) {
    const option = (/** @type {any} */ value, label = String(value), title = "") =>
      html("option", { value: JSON.stringify(value), title }, label);
    const field = html(
      "select",
      { id, onchange: () => change(JSON.parse(field.value)) },
      ...control.allowed.map(({ value, label, help }) => option(value, label, help)),
    );
    const show = (/** @type {any} */ value) => {
      field.value = JSON.stringify(value);
      if (field.selectedIndex >= 0) return;
      field.append(option(value)); // determined by other settings, such as the output of classes
      field.value = JSON.stringify(value);
    };
    return { field, show: (value) => show(value ?? control.default) };
  },
  number: numberField,
  whole: numberField,
  flag(_control, id, change) {
    const field = html("input", { id, type: "checkbox", onchange: () => change(field.checked) });
    return {
      field,
      show: (value) => {
        field.checked = Boolean(value);
      },
    };
  },
  widths(_control, id, change) {
    const field = html("input", {
      id,
      type: "text",
      placeholder: "none",
      onchange: () =>
        change(
          field.value
            .split(/[^0-9.-]+/)
            .filter(Boolean)
            .map(Number),
        ),
    });
    return {
      field,
      show: (value) => {
        if (document.activeElement !== field) field.value = (value ?? []).join(", ");
      },
    };
  },
  columns(control, id, change) {
    const boxes = control.allowed.map((each) =>
      html("input", {
        type: "checkbox",
        value: String(each.value),
        onchange: () => change(boxes.filter((box) => box.checked).map((box) => box.value)),
      }),
    );
    const group = html(
      "div",
      { role: "group", "aria-labelledby": `${id}-name`, class: "boxes" },
      ...control.allowed.map((each, i) => html("label", {}, boxes[i], each.label)),
    );
    const summary = html("summary", {});
    return {
      field: html("details", {}, summary, group),
      show: (value) => {
        const chosen = value ?? control.default ?? [];
        for (const box of boxes) box.checked = chosen.includes(box.value);
        setText(summary, chosen.length ? `${chosen.length} of ${boxes.length} columns` : "automatic");
      },
    };
  },
};

/**
 * @param {Control} control
 * @param {string} id
 * @param {(value: unknown) => void} change
 * @returns {Field}
 */
function numberField(control, id, change) {
  const whole = control.kind === "whole";
  const field = html("input", {
    id,
    type: "number",
    min: control.least,
    max: control.most,
    step: whole ? 1 : "any",
    placeholder: control.default ?? "",
    onchange: () => change(field.value === "" ? null : field.valueAsNumber),
  });
  return {
    field,
    show: (value) => {
      if (document.activeElement !== field || field.value === "") field.value = value ?? "";
    },
  };
}
