// The slider of a run: shows the cost, the weights and the predictions of each recorded iterate.
"use strict";
(() => {
  const POSITIVE = "#0072B2", NEGATIVE = "#D55E00";
  const WIDTH = 420, HEIGHT = 300, LEFT = 64, RIGHT = 12, TOP = 14, BOTTOM = 40;
  const source = document.getElementById("run-data"), place = document.getElementById("run");
  if (!source || !place) return;
  const run = JSON.parse(source.textContent);

  const bytes = (text, Kind) => new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const short = (value) => (value === null ? "" : Number(value.toPrecision(3)).toString().replace("-", "\u2212"));

  function element(name, attributes = {}, text = "") {
    const made = name.includes(":")
      ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  // Axes from low to high in both directions; returns the picture and functions from values to pixels.
  function axes(title, names, x, y, logarithmic) {
    const of = logarithmic ? Math.log10 : (v) => v;
    const across = (v) => LEFT + ((v - x[0]) / (x[1] - x[0] || 1)) * (WIDTH - LEFT - RIGHT);
    const up = (v) => HEIGHT - BOTTOM - ((of(v) - of(y[0])) / (of(y[1]) - of(y[0]) || 1)) * (HEIGHT - TOP - BOTTOM);
    const svg = element("svg:svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", fill: "currentColor", "font-size": 12 });
    svg.append(element("svg:title", {}, title));
    const frame = `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`;
    svg.append(element("svg:path", { d: frame, fill: "none", stroke: "currentColor" }));
    const middle = (v) => v[0] + (v[1] - v[0]) / 2;
    for (const v of [x[0], middle(x), x[1]]) {
      svg.append(element("svg:text", { x: across(v), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, short(v)));
    }
    for (const v of logarithmic ? y : [y[0], middle(y), y[1]]) {
      svg.append(element("svg:text", { x: LEFT - 6, y: up(v) + 4, "text-anchor": "end" }, short(v)));
    }
    svg.append(element("svg:text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, names[0]));
    svg.append(element("svg:text", { x: 14, y: HEIGHT / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${HEIGHT / 2})` }, names[1]));
    return { svg, across, up };
  }

  const points = (xs, ys, plot) => xs.map((x, i) => [x, ys[i]]).filter(([, y]) => y !== null)
    .map(([x, y]) => `${plot.across(x).toFixed(1)},${plot.up(y).toFixed(1)}`).join(" ");

  function costView() {
    const line = run.line, last = line.iterations.at(-1);
    const known = [...line.objective, ...line.validation].filter((v) => v !== null);
    const logarithmic = known.every((v) => v > 0);
    const names = ["iteration", logarithmic ? "objective (logarithmic)" : "objective"];
    const plot = axes("Objective over the iterations", names, [0, last], [Math.min(...known), Math.max(...known)], logarithmic);
    plot.svg.append(element("svg:polyline", { points: points(line.iterations, line.objective, plot), fill: "none", stroke: POSITIVE, "stroke-width": 2 }));
    if (line.validation.some((v) => v !== null)) {
      plot.svg.append(element("svg:polyline", { points: points(line.iterations, line.validation, plot), fill: "none", stroke: NEGATIVE, "stroke-width": 2, "stroke-dasharray": "6 4" }));
      plot.svg.append(element("svg:text", { x: WIDTH - RIGHT, y: TOP + 4, "text-anchor": "end" }, `solid: objective, dashed: ${line.name}`));
    }
    const mark = element("svg:circle", { r: 5, fill: "currentColor" });
    plot.svg.append(mark);
    return { node: plot.svg, show(k) {
      mark.setAttribute("cx", plot.across(run.iterations[k]));
      mark.setAttribute("cy", run.objectives[k] === null ? TOP : plot.up(run.objectives[k]));
    } };
  }

  const value = (code, p) => p.low + (code / 255) * (p.high - p.low);

  function curveView(p) {
    const x = p.axes[0], codes = bytes(p.codes, Uint8Array);
    const plot = axes(`Predicted ${p.names[1]}`, p.names, [x[0], x.at(-1)], [p.low, p.high], false);
    p.points[0].forEach((a, i) => plot.svg.append(element("svg:circle", { cx: plot.across(a), cy: plot.up(value(p.heights[i], p)), r: 2.5, fill: NEGATIVE })));
    const curve = element("svg:polyline", { fill: "none", stroke: POSITIVE, "stroke-width": 2.5 });
    plot.svg.append(curve);
    return { node: plot.svg, show(k) {
      const ys = Array.from(codes.subarray(k * x.length, (k + 1) * x.length), (c) => value(c, p));
      curve.setAttribute("points", points(x, ys, plot));
    } };
  }

  // From orange at the low end over gray to blue at the high end.
  function color(code) {
    const low = [213, 94, 0], middle = [236, 236, 236], high = [0, 114, 178], t = code / 127.5;
    const [a, b, s] = t < 1 ? [low, middle, t] : [middle, high, t - 1];
    return a.map((v, i) => Math.round(v + s * (b[i] - v)));
  }

  function mapView(p) {
    const [x, y] = p.axes, n = x.length * y.length, codes = bytes(p.codes, Uint8Array);
    const plot = axes(`Predicted ${p.names[2]}`, p.names, [x[0], x.at(-1)], [y[0], y.at(-1)], false);
    const canvas = element("canvas", { width: x.length, height: y.length });
    const image = element("svg:image", { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM, preserveAspectRatio: "none" });
    plot.svg.prepend(image);
    p.points[0].forEach((a, i) => plot.svg.append(element("svg:circle", {
      cx: plot.across(a), cy: plot.up(p.points[1][i]), r: 4, stroke: "#000", fill: `rgb(${color(p.heights[i])})` })));
    const stage = element("div");
    stage.append(plot.svg, element("p", {}, `${p.names[2]}: orange ${short(p.low)}, gray ${short((p.low + p.high) / 2)}, blue ${short(p.high)}; circles have the color of the true value`));
    const brush = canvas.getContext("2d"), pixels = brush.createImageData(x.length, y.length);
    return { node: stage, show(k) {
      for (let i = 0; i < n; i++) {
        const row = y.length - 1 - Math.floor(i / x.length), at = 4 * (row * x.length + (i % x.length));
        pixels.data.set([...color(codes[k * n + i]), 255], at);
      }
      brush.putImageData(pixels, 0, 0);
      image.setAttribute("href", canvas.toDataURL());
    } };
  }

  function agreementView(p) {
    const codes = bytes(p.codes, Uint8Array), n = p.points.length, range = [p.low, p.high];
    const plot = axes("Predictions against true values", p.names, range, range, false);
    plot.svg.append(element("svg:path", { d: `M${plot.across(p.low)} ${plot.up(p.low)}L${plot.across(p.high)} ${plot.up(p.high)}`, stroke: "currentColor", "stroke-dasharray": "4 4" }));
    const marks = p.points.map((a) => element("svg:circle", { cx: plot.across(a), r: 3, fill: POSITIVE, "fill-opacity": 0.7 }));
    plot.svg.append(...marks);
    return { node: plot.svg, show(k) { marks.forEach((mark, i) => mark.setAttribute("cy", plot.up(value(codes[k * n + i], p)))); } };
  }

  // The lines of the diagram below get the widths and dashes of the iterate.
  function weightsView() {
    const w = run.weights, lines = new Map();
    for (const path of document.querySelectorAll("#network path[data-weight]")) lines.set(path.dataset.weight, path);
    const codes = bytes(w.codes, Int8Array);
    return { node: null, show(k) {
      w.names.forEach((name, i) => {
        const line = lines.get(name), code = codes[k * w.names.length + i];
        if (!line) return;
        line.setAttribute("stroke", code < 0 ? NEGATIVE : POSITIVE);
        line.setAttribute("stroke-width", Math.max(0.6, (5 * Math.abs(code)) / 127));
        line.setAttribute("stroke-dasharray", code < 0 ? "7 4" : "none");
        line.querySelector("title").textContent = `${name}: ${short((w.largest * code) / 127)}`;
      });
    } };
  }

  const views = [costView()];
  if (run.picture) views.push({ map: mapView, curve: curveView, agreement: agreementView }[run.picture.kind](run.picture));
  if (run.weights) views.push(weightsView());

  const last = run.iterations.length - 1;
  const slider = element("input", { type: "range", min: 0, max: last, value: last, "aria-label": "recorded iterate" });
  const button = element("button", { type: "button" }, "Play");
  const told = element("output", { "aria-live": "off" });
  const controls = element("div", { class: "controls" });
  controls.append(button, slider);
  const stage = element("div", { class: "views" });
  for (const view of views) {
    if (!view.node) continue;
    const cell = element("div");
    cell.append(view.node);
    stage.append(cell);
  }
  place.replaceChildren(controls, told, stage);

  function show() {
    const k = Number(slider.value), gradient = run.gradients[k];
    const norm = gradient === null ? "" : `, largest entry of the gradient ${short(gradient)}`;
    told.textContent = `Iteration ${run.iterations[k]}: objective ${short(run.objectives[k])}${norm}` +
      (run.weights ? "; the diagram below has the weights of this iteration" : "");
    for (const view of views) view.show(k);
  }
  let timer = 0;
  function stop() { clearInterval(timer); timer = 0; button.textContent = "Play"; }
  button.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number(slider.value) === last) slider.value = "0";
    button.textContent = "Pause";
    show();
    timer = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      show();
      if (Number(slider.value) === last) stop();
    }, 80);
  });
  slider.addEventListener("input", () => { stop(); show(); });
  show();
})();
