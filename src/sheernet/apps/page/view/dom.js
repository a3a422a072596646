/**
 * Elements of the page: created once, then updated by attributes.  Text from files is set as text, never as HTML.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, unknown>} Attributes
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.  Attributes that are functions are listeners, such as `onclick`; null and false are omitted.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * An SVG element; arguments as in `html`.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} T
 * @param {T} node
 * @param {Attributes} attributes
 * @param {Child[]} children
 * @returns {T}
 */
function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else {
      set(node, name, value);
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      node.append(child instanceof Node ? child : String(child));
    }
  }
  return node;
}

/**
 * Set an attribute if it differs, so that an unchanged picture is not repainted.
 * @param {Element} node
 * @param {string} name
 * @param {unknown} value
 */
export function set(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/**
 * Set the text of an element if it differs.
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A button that does not submit a form.
 * @param {string} text
 * @param {() => unknown} onclick
 * @param {Attributes} [more]
 */
export function button(text, onclick, more = {}) {
  return html("button", { type: "button", onclick, ...more }, text);
}

/**
 * A table of rows that are elements.
 * @param {string} caption
 * @param {string[]} headings
 * @param {HTMLTableRowElement[]} rows
 * @param {Attributes} [attributes]
 */
export function tableOf(caption, headings, rows, attributes = {}) {
  const head = html("tr", {}, ...headings.map((heading) => html("th", { scope: "col" }, heading)));
  const title = caption && html("caption", { class: "small" }, caption);
  return html("table", attributes, title || null, html("thead", {}, head), html("tbody", {}, ...rows));
}

/**
 * A table of texts and numbers.  The first cell of each row is its heading.
 * @param {string} caption
 * @param {string[]} headings
 * @param {(string | number)[][]} rows
 */
export function dataTable(caption, headings, rows) {
  const body = rows.map(([first, ...others]) => {
    const cells = others.map((cell) => html("td", {}, cell));
    return html("tr", {}, html("th", { scope: "row" }, first), ...cells);
  });
  return tableOf(caption, headings, body);
}

/**
 * A scrolling box that can be reached by keyboard.
 * @param {string} label
 * @param {...Child} children
 */
export function scrolling(label, ...children) {
  return html("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": label }, ...children);
}

/** The number of the last id that was assigned. */
let lastId = 0;

/** Return an id that no other element of the page has. */
export function newId() {
  lastId += 1;
  return `id${lastId}`;
}
