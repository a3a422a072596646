/**
 * Tabs: one of several panels is shown; arrow keys move between them.
 *
 * @typedef {{ id: string, label: string, render: ((host: import("./model.js").Host) => void)[] }} Tab
 */
import { button, html, set } from "./dom.js";

/**
 * @param {import("./model.js").PageModel} model
 * @param {HTMLElement} el
 * @param {Tab[]} tabs
 */
export function renderTabs(model, el, tabs) {
  new Tabs(model, el, tabs).open(0);
}

class Tabs {
  /**
   * @param {import("./model.js").PageModel} model
   * @param {HTMLElement} el
   * @param {Tab[]} tabs
   */
  constructor(model, el, tabs) {
    this.model = model;
    this.tabs = tabs;
    this.buttons = tabs.map(({ id, label }, i) =>
      button(label, () => this.open(i), { role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}` }),
    );
    this.panels = tabs.map(({ id }) =>
      html("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: "panel" }),
    );
    const onkeydown = (/** @type {KeyboardEvent} */ event) => this.move(event);
    const list = { role: "tablist", "aria-label": "Parts of the page", class: "tabs", onkeydown };
    el.append(html("div", list, ...this.buttons), ...this.panels);
  }

  /**
   * Show a panel; its parts are created when it is first shown.
   * @param {number} chosen
   */
  open(chosen) {
    this.buttons.forEach((each, i) => {
      set(each, "aria-selected", String(i === chosen));
      set(each, "tabindex", i === chosen ? 0 : -1);
      this.panels[i].hidden = i !== chosen;
    });
    const { id, render } = this.tabs[chosen];
    const panel = this.panels[chosen];
    if (!panel.childElementCount) {
      for (const part of render) {
        const el = html("section", { class: "part" });
        panel.append(el);
        part({ model: this.model, el });
      }
    }
    this.model.set("panel", id);
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const now = this.buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const n = this.tabs.length;
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: n - 1 }[event.key];
    if (next === undefined || now < 0) return;
    event.preventDefault();
    const i = (next + n) % n;
    this.open(i);
    this.buttons[i].focus();
  }
}
