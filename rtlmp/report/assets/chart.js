// Charts by uPlot (vendor/). A spec: {groups: [{name, labels, ticks: [[i, text]], panels:
// [{unit, percent, lines: [{name, colour, values, alone}], marks: [{value, colour}]}]}]}
"use strict";
const HEIGHT = 240, paths = uPlot.paths.stepped({align: 1}), bound = s => s.name.endsWith("bound");

function number(panel, value) {
  if (value === null || value === undefined) return "–";
  if (panel.percent) return (100 * value).toFixed(value < 0.0995 ? 1 : 0) + " %";
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}

function draw(box, group, panel, key) {
  const {lines, marks} = panel, count = group.labels.length;
  const range = (u, low, high) => [Math.min(0, low), 1.05 * Math.max(panel.percent ? 0.1 : 1, high)];
  const days = u => group.ticks.filter((_, i) => i % Math.ceil(85 * group.ticks.length / u.width) === 0);
  // a hair just before the middle of the hour: its start is the nearest point
  const move = (u, left, top) => [left < 0 ? left : u.valToPos(Math.min(count - 1, Math.floor(u.posToVal(left, "x"))) + 0.49, "x"), top];
  const powers = (u, k, low, high) => [-1000, -100, -10, 0, 10, 100, 1000, 10000].filter(v => low <= v && v <= high);
  const series = lines.map(s => ({
    label: s.name, stroke: s.colour, width: bound(s) ? 0.7 : 2, dash: s.name.endsWith("climatology") ? [5, 4] : [], paths, points: {show: false},
    value: (u, v, k, i) => number(panel, i === null ? null : s.values[i]),
  }));
  const fill = (lines.find(bound) || {colour: ""}).colour + "2e", [lower, upper] = lines.flatMap((s, i) => bound(s) ? [i + 1] : []);
  return new uPlot({
    title: panel.unit, width: box.clientWidth, height: HEIGHT,
    cursor: {lock: true, y: false, drag: {x: false}, points: {show: false}, sync: {key}, move},
    scales: {x: {time: false, range: [0, count]}, y: {range, distr: panel.percent ? 1 : 4, asinh: 10}},
    axes: [{splits: u => days(u).map(d => d[0]), values: u => days(u).map(d => d[1])}, {size: 62, ...(panel.percent ? {} : {splits: powers, filter: (u, all) => all}), values: (u, all) => all.map(v => v === null ? "" : number(panel, v).replace(".0", ""))}],
    series: [{label: "hour", value: (u, v, k, i) => group.labels[i] || "–"}, ...series, ...marks.map(m => ({stroke: m.colour, width: 1, class: "mark", points: {show: false}}))],
    bands: upper ? [{series: [upper, lower], fill}] : [],
    hooks: {ready: [u => u.setLegend({idx: 0})]},
  }, [[...Array(count + 1).keys()], ...lines.map(s => [...s.values, s.values[count - 1]]), ...marks.map(m => Array(count + 1).fill(m.value))], box);
}

function mount(figure, key) {
  const {groups} = JSON.parse(figure.querySelector("script").textContent), plot = figure.querySelector(".plot");
  const group = groups.find(g => g.name === names[choice.value]) || groups[0], steps = {ArrowLeft: -1, ArrowRight: 1};
  plot.replaceChildren();  // and with it an hour held
  const drawn = group.panels.map(panel => {
    const some = s => panel.lines.some(t => t.name === s.value), mine = s => some(only) && panel.percent ? s.name.startsWith(only.value) : !s.alone;
    return draw(plot, group, {...panel, lines: panel.lines.filter(mine)}, `${key}`);
  });
  plot.onkeydown = ({key}) => {
    if (!(key in steps)) return;
    const hour = Math.min(group.labels.length - 1, Math.max(0, (drawn[0].cursor.idx ?? -1) + steps[key]));
    for (const u of drawn) u.setCursor({left: u.valToPos(hour + 0.5, "x"), top: 1});
    figure.querySelector("output").textContent = [...plot.querySelectorAll("tr:not(.mark)")].map(row => row.textContent).join(", ");
  };
  return drawn;
}

function render() {
  charts = figures.flatMap(mount);
  document.querySelectorAll("tbody tr").forEach(row => row.classList.toggle("chosen", row.cells[0].textContent === names[choice.value]));
}

let charts = [];
const [choice, only] = document.querySelectorAll(".pick select"), figures = [...document.querySelectorAll("figure.chart")];
const {groups} = JSON.parse(figures[0].querySelector("script").textContent), names = groups.map(group => group.name);
names.forEach((name, i) => choice.add(new Option(name, i))); only.add(new Option("all", ""));
for (const s of groups[0].panels[0].lines) if (s.name.endsWith("MWh")) only.add(new Option(s.name));
choice.onchange = only.onchange = render;
window.onresize = () => charts.forEach(u => u.setSize({width: u.root.parentNode.clientWidth, height: HEIGHT}));
render();
