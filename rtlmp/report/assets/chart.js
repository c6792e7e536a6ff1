// Step charts with a readout. A spec: {groups: [{name, labels, ticks: [[i, text]], panels:
// [{unit, percent, log, lines: [{name, colour, values}], marks: [{value, colour}]}]}]}
"use strict";
const NS = "http://www.w3.org/2000/svg", LEFT = 64, RIGHT = 12, GAP = 36;

function shape(parent, tag, attributes, text = "") {
  const node = parent.appendChild(document.createElementNS(NS, tag));
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  node.textContent = text;
  return node;
}

const bound = s => s.name.endsWith("bound");

function number(panel, value) {
  if (value === null) return "–";
  if (panel.percent) return (100 * value).toFixed(value < 0.0995 ? 1 : 0) + " %";
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}

function scale(panel, top, height) {
  const all = panel.lines.flatMap(s => s.values).filter(v => v !== null);
  const high = Math.max(panel.percent ? 0.1 : 1, ...all, ...panel.marks.map(m => m.value)) * 1.05;
  const low = panel.log ? 1 : Math.min(0, ...all);
  const f = panel.log ? v => Math.log10(Math.max(v, 1)) : v => v;
  const y = v => top + height - height * (f(v) - f(low)) / (f(high) - f(low));
  const step = 10 ** Math.floor(Math.log10(high - low));
  const width = (high - low) / step > 5 ? step * 2 : (high - low) / step > 2 ? step : step / 2;
  const ticks = panel.log ? [1, 10, 100, 1000, 10000].filter(v => v <= high)
    : Array.from({length: 12}, (_, i) => Math.ceil(low / width) * width + i * width).filter(v => v <= high);
  return {y, ticks};
}

function steps(values, x, y) {
  const pen = i => i && values[i - 1] !== null ? "L" : "M";
  return values.map((v, i) => v === null ? "" : `${pen(i)}${x(i)},${y(v)}H${x(i + 1)}`).join("");
}

function draw(box, group) {
  const width = box.clientWidth || 900, height = 200;
  const total = group.panels.length * (height + GAP) + 30;
  const count = group.labels.length, x = i => LEFT + (width - LEFT - RIGHT) * i / count;
  const svg = shape(box, "svg", {viewBox: `0 0 ${width} ${total}`, width, height: total, role: "img", tabindex: 0, "aria-label": "Arrow keys: the numbers of an hour"});
  group.panels.forEach((panel, k) => {
    const top = 18 + k * (height + GAP), {y, ticks} = scale(panel, top, height);
    shape(svg, "text", {x: 4, y: top - 9, class: "unit"}, panel.unit);
    for (const tick of ticks) {
      shape(svg, "path", {d: `M${LEFT},${y(tick)}H${width - RIGHT}`, class: "grid"});
      shape(svg, "text", {x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end"}, number(panel, tick).replace(".0", ""));
    }
    for (const mark of panel.marks) shape(svg, "path", {d: `M${LEFT},${y(mark.value)}H${width - RIGHT}`, stroke: mark.colour, class: "mark"});
    for (const s of panel.lines) shape(svg, "path", {d: steps(s.values, x, y), stroke: s.colour, class: bound(s) ? "line bound" : "line"});
  });
  for (const [i, text] of group.ticks) {
    shape(svg, "path", {d: `M${x(i)},18V${total - 40}`, class: "day"});
    if (x(i) < width - 70) shape(svg, "text", {x: x(i) + 3, y: total - 22}, text);
  }
  const hair = shape(svg, "path", {class: "hair"});
  return {svg, at: px => Math.min(count - 1, Math.max(0, Math.floor(count * (px - LEFT) / (width - LEFT - RIGHT)))),
    show: i => hair.setAttribute("d", `M${x(i + 0.5)},18V${total - 40}`)};
}

function readout(box, group, i) {
  box.textContent = group.labels[i] + " ";
  for (const panel of group.panels) for (const s of panel.lines) {
    const item = box.appendChild(document.createElement("span"));
    item.appendChild(document.createElement("i")).style.background = s.colour;
    item.append(`${s.name} ${number(panel, s.values[i])}`);
  }
}

function mount(figure) {
  const {groups} = JSON.parse(figure.querySelector("script").textContent);
  const plot = figure.querySelector(".plot"), text = figure.querySelector(".readout"); plot.replaceChildren();
  const {panels, ...group} = groups.find(g => g.name === names[choice.value]) || groups[0];
  const shown = s => only.value ? s.name.startsWith(only.value) : !bound(s);
  group.panels = panels.map(p => ({...p, lines: p.lines.filter(s => !p.percent || shown(s))}));
  const chart = draw(plot, group), svg = chart.svg, steps = {ArrowLeft: -1, ArrowRight: 1};
  let pinned = false, hour = 0;  // of this node: another one is not held
  const show = i => { chart.show(hour = i); readout(text, group, i); };
  const pick = event => show(chart.at(event.clientX - svg.getBoundingClientRect().left));
  svg.onpointermove = event => { if (!pinned) pick(event); };
  svg.onclick = event => { pinned = !pinned; pick(event); };
  svg.onkeydown = ({key}) => { if (key in steps) show(Math.min(group.labels.length - 1, Math.max(0, hour + steps[key]))); };
  readout(text, group, 0);
}

function render() {
  figures.forEach(mount);
  document.querySelectorAll("tbody tr").forEach(row => row.classList.toggle("chosen", row.cells[0].textContent === names[choice.value]));
}

const [choice, only] = document.querySelectorAll(".pick select"), figures = document.querySelectorAll("figure.chart");
const {groups} = JSON.parse(figures[0].querySelector("script").textContent), names = groups.map(group => group.name);
names.forEach((name, i) => choice.add(new Option(name, i))); only.add(new Option("all", ""));
for (const s of groups[0].panels[0].lines) if (!bound(s)) only.add(new Option(s.name));
choice.onchange = only.onchange = window.onresize = render;
render();
