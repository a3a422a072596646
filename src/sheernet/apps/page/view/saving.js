/**
 * Saving what a chart shows: its picture as SVG or PNG, in the colors of the page, and its numbers with all digits as
 * CSV.
 *
 * @typedef {{ headings: string[], rows: unknown[][] }} Rows
 */
import { button, html, setText, svg } from "./dom.js";

const SHARPNESS = 2; // pixels of a PNG per pixel of the page
const MARGIN = 8;
const LONGEST_SAVE = 60_000; // milliseconds until the browser has surely taken the file
/** Properties of the style sheet that a picture needs. */
const STYLE = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "paint-order",
  "opacity",
  "visibility",
  "text-anchor",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
];
const TEXTS = ".chart-title, .key, .keys, p"; // of a figure, besides those of its SVG

export class SaveMenu {
  /**
   * @param {string} title of the files
   * @param {HTMLElement} figure
   * @param {() => Rows} [rows] none before the figure is drawn
   */
  constructor(title, figure, rows) {
    const name = fileName(title);
    this.rows = rows;
    this.said = html("span", { class: "small", role: "status" });
    const buttons = [
      button("PNG", () => this.save(`${name}.png`, () => png(figure)), { class: "link" }),
      button("SVG", () => this.save(`${name}.svg`, async () => textFile("image/svg+xml", pictureOf(figure).text)), {
        class: "link",
      }),
    ];
    if (rows) {
      const csv = async () => textFile("text/csv", csvOf(rows()));
      buttons.push(button("CSV", () => this.save(`${name}.csv`, csv), { class: "link" }));
    }
    this.node = html(
      "details",
      { class: "data save" },
      html("summary", {}, "Save", html("span", { class: "spoken" }, `: ${title}`)),
      html("span", { class: "bar" }, ...buttons, this.said),
    );
  }

  /**
   * @param {string} name
   * @param {() => Promise<Blob>} make
   */
  async save(name, make) {
    try {
      if (this.rows?.().rows.length === 0) throw new Error("The chart has no values yet.");
      saveBlob(await make(), name);
      setText(this.said, `${name} is saved.`);
    } catch (error) {
      setText(this.said, error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * The name of a file: letters and digits of any script.
 * @param {string} title
 */
export function fileName(title) {
  return (
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "chart"
  );
}

/**
 * @param {string} type
 * @param {string} text
 */
export function textFile(type, text) {
  return new Blob([text], { type: `${type};charset=utf-8` });
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function saveBlob(blob, name) {
  const link = html("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LONGEST_SAVE);
}

/**
 * Rows as CSV; numbers are in full precision, and unknown values are empty.
 * @param {Rows} rows
 */
export function csvOf({ headings, rows }) {
  const cell = (/** @type {unknown} */ value) => {
    const text = String(value ?? "");
    return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [headings, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/**
 * The content of an element as a self-contained SVG: drawings with their computed style, canvases as images, and the
 * lines of its texts.
 * @param {HTMLElement} figure
 */
export function pictureOf(figure) {
  const box = figure.getBoundingClientRect();
  const canvases = [...figure.querySelectorAll("canvas")].filter(isVisible).map((each) => imageOf(each, box));
  const drawings = [...figure.querySelectorAll("svg")].filter(isVisible).map((each) => drawingOf(each, box));
  const end = Math.max(...drawings.map((part) => part.bottom), 0);
  const lines = [...figure.querySelectorAll(TEXTS)].filter(isVisible).flatMap((each) => linesOf(each, box, end));
  const parts = [...canvases, ...drawings, ...lines];
  const width = Math.ceil(box.width) + 2 * MARGIN;
  const height = Math.ceil(Math.max(...parts.map((part) => part.bottom), 0)) + 2 * MARGIN;
  const background = getComputedStyle(figure.closest(".card") ?? document.body).backgroundColor;
  const root = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}` },
    svg("rect", { x: -MARGIN, y: -MARGIN, width, height, fill: background }),
    ...parts.map((part) => part.node),
  );
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** @param {Element} node */
function isVisible(node) {
  const { width, height } = node.getBoundingClientRect();
  return width > 0 && height > 0 && !node.closest("details, .spoken, .tip");
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {DOMRect} box
 */
function imageOf(canvas, box) {
  const { left, top, width, height, bottom } = canvas.getBoundingClientRect();
  const href = enlarged(canvas, width, height).toDataURL();
  const node = svg("image", { x: left - box.left, y: top - box.top, width, height, href, preserveAspectRatio: "none" });
  return { node, bottom: bottom - box.top };
}

/**
 * A canvas with the pixels of the page, because programs smooth the few cells of a map differently.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function enlarged(canvas, width, height) {
  const large = html("canvas", { width: Math.round(SHARPNESS * width), height: Math.round(SHARPNESS * height) });
  large.getContext("2d")?.drawImage(canvas, 0, 0, large.width, large.height);
  return large;
}

/**
 * @param {SVGSVGElement} drawing
 * @param {DOMRect} box
 */
function drawingOf(drawing, box) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [from, to] = [drawing, copy].map((each) => [each, ...each.querySelectorAll("*")]);
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    if (style.display === "none") to[i].setAttribute("display", "none");
    for (const name of STYLE) to[i].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role"]) to[i].removeAttribute(name);
  });
  const { left, top, bottom, width, height } = drawing.getBoundingClientRect();
  copy.setAttribute("x", String(left - box.left));
  copy.setAttribute("y", String(top - box.top));
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return { node: copy, bottom: bottom - box.top };
}

/**
 * The texts of an element line by line, at their positions; a paragraph below the drawings is at their end.
 * @param {Element} element
 * @param {DOMRect} box
 * @param {number} end of the drawings
 */
function linesOf(element, box, end) {
  const style = getComputedStyle(element);
  const gap = Math.max(0, element.getBoundingClientRect().top - box.top - end);
  const size = parseFloat(style.fontSize);
  return [...element.childNodes]
    .filter((node) => node instanceof Text)
    .flatMap((node) => brokenLines(/** @type {Text} */ (node)))
    .map(({ text, left, bottom }) => {
      const place = { x: left - box.left, y: bottom - box.top - gap - 0.28 * size };
      const look = { fill: style.color, "font-size": size, "font-weight": style.fontWeight };
      const node = svg("text", { ...place, ...look, "font-family": style.fontFamily }, text);
      return { node, bottom: bottom - box.top - gap };
    });
}

/**
 * The positions of the lines of a text, as wrapped on the page.
 * @param {Text} node
 */
function brokenLines(node) {
  /** @type {{ text: string, left: number, bottom: number }[]} */
  const lines = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const { left, bottom } = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.bottom - bottom) < 2) last.text += word;
    else lines.push({ text: word, left, bottom });
  }
  return lines;
}

/**
 * The picture of an element as PNG.
 * @param {HTMLElement} figure
 * @returns {Promise<Blob>}
 */
async function png(figure) {
  const { text, width, height } = pictureOf(figure);
  const url = URL.createObjectURL(textFile("image/svg+xml", text));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = html("canvas", { width: SHARPNESS * width, height: SHARPNESS * height });
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large")))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
