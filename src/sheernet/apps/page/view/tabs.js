/**
 * Tabs: one of several panels is shown; arrow keys move between them.
 *
 * @typedef {{ id: string, label: string, render: ((host: import("./model.js").Host) => void)[] }} Tab
 */
import { html, set } from "./dom.js";

/**
 * @param {import("./model.js").PageModel} model
 * @param {HTMLElement} el
 * @param {Tab[]} tabs
 */
export function renderTabs(model, el, tabs) {
  const buttons = tabs.map(({ id, label }) =>
    html(
      "button",
      { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => open(id) },
      label,
    ),
  );
  const panels = tabs.map(({ id }) =>
    html("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: "panel", hidden: true }),
  );
  const list = html(
    "div",
    {
      role: "tablist",
      "aria-label": "Parts of the page",
      class: "tabs",
      onkeydown: (/** @type {KeyboardEvent} */ event) => move(event),
    },
    ...buttons,
  );
  el.append(list, ...panels);

  /** @param {string} id */
  function open(id) {
    tabs.forEach((tab, i) => {
      const mine = tab.id === id;
      set(buttons[i], "aria-selected", String(mine));
      set(buttons[i], "tabindex", mine ? 0 : -1);
      panels[i].hidden = !mine;
      if (mine && !panels[i].childElementCount) {
        for (const part of tab.render) {
          const place = html("section", { class: "part" });
          panels[i].append(place);
          part({ model, el: place });
        }
      }
    });
    model.set("panel", id);
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const now = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined || now < 0) return;
    event.preventDefault();
    const i = (next + tabs.length) % tabs.length;
    open(tabs[i].id);
    buttons[i].focus();
  }

  open(tabs[0].id);
  return open;
}
