// A picture as ECharts wants it told. Each kind is one function of the picture and the page's look.
import { contrast, mix, readable } from "./look.js";
import { momentName } from "./moments.js";
import { axisName, numberName, percent } from "./numbers.js";

const KINDS = { series, bars, pie, funnel, heat, flow };
const MOST_IN_TOOLTIP = 12;

export function optionOf(picture, look) {
  return { textStyle: { fontFamily: look.font, fontSize: 12, color: look.ink }, ...KINDS[picture.kind](picture, look) };
}

export function wordsOf(picture) {
  const count = (many, one) => `${many} ${many === 1 ? one : `${one}s`}`;
  switch (picture.kind) {
    case "series": {
      const marks = picture.marks === "bar" ? "bar chart" : picture.marks === "area" ? "area chart" : "line chart";
      return `${marks}, ${count(picture.series.length, "series").replace("seriess", "series")} of ${count(picture.labels.length, "point")}`;
    }
    case "bars":
      return `bar chart of ${count(picture.bars.length, "value")}`;
    case "pie":
      return `pie chart of ${count(picture.slices.length, "slice")}`;
    case "funnel":
      return `funnel of ${count(picture.groups[0].steps.length, "step")}`;
    case "heat":
      return `heat map of ${count(picture.rows.length, "cohort")}`;
    default:
      return `paths between ${count(picture.nodes.length, "place")}`;
  }
}

// Parts that several kinds have.

// An element of our own: ECharts' markup carries inline styles, which the page's policy forbids, and would read names
// as HTML.
function tooltip(look, trigger, tell, more) {
  return {
    trigger,
    confine: true,
    className: "tip",
    backgroundColor: look.sheet,
    borderColor: look.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12 },
    transitionDuration: 0,
    formatter: (found) => tipElement(tell(found)),
    ...more,
  };
}

// Of lying bars: pointing anywhere on the row is enough.
const wholeRow = { axisPointer: { type: "none" } };
const rowOf =
  (tell) =>
  ([bar]) =>
    tell(bar);

function tipElement({ title, rows }) {
  const element = document.createElement("div");
  const add = (parent, tag, name, text) => {
    const child = parent.appendChild(document.createElement(tag));
    child.className = name;
    child.textContent = text;
    return child;
  };
  add(element, "p", "tip-title", title);
  for (const { color, name, value } of rows) {
    const row = add(element, "p", "tip-row", "");
    if (color) add(row, "i", "tip-dot", "").style.background = color;
    add(row, "span", "tip-name", name ?? "");
    add(row, "b", "tip-value", value);
  }
  return element;
}

// Labels of ECharts read `{style|text}`; names that hold such marks lose them.
const unmarked = (text) => String(text).replace(/[{}|]/g, " ");

function legend(look, names) {
  return {
    type: "scroll",
    data: names,
    left: 0,
    bottom: 0,
    icon: "roundRect",
    itemWidth: 10,
    itemHeight: 10,
    itemGap: 16,
    inactiveColor: look.line,
    textStyle: { color: look.ink, fontSize: 12, width: 180, overflow: "truncate" },
    pageTextStyle: { color: look.faint },
    pageIconColor: look.ink,
    pageIconInactiveColor: look.line,
    pageIconSize: 10,
    formatter: (name) => name,
  };
}

const grid = (hasLegend, more) => ({
  left: 2,
  right: 14,
  top: 12,
  bottom: hasLegend ? 34 : 4,
  outerBoundsMode: "same",
  outerBoundsContain: "axisLabel",
  ...more,
});

const categories = (look, data, more) => ({
  type: "category",
  data,
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  // At the edge there is no room for the right half of a label.
  axisLabel: { color: look.faint, hideOverlap: true, margin: 10, alignMaxLabel: more?.boundaryGap === false ? "right" : null },
  ...more,
});

const amounts = (look, format, more) => ({
  type: "value",
  splitNumber: look.height < 220 ? 3 : 4,
  splitLine: { lineStyle: { color: look.line, type: [2, 4] } },
  axisLabel: { color: look.faint, formatter: (value) => axisName(value, format) },
  ...more,
});

// Over time, and whatever else has one value per step.

function series(picture, look) {
  const { labels, interval, format, marks } = picture;
  const names = uniqueNames(picture.series);
  const values = picture.percent ? shares(picture.series) : picture.series.map((one) => one.data);
  const colors = picture.series.map((one) => readable(one.color, look));
  const shown = picture.percent ? { postfix: "%" } : format;
  const hasLegend = picture.series.length > 1 || picture.legend;
  const hasTail = picture.unfinished && marks !== "bar" && labels.length > 1;
  const pointer =
    marks === "bar"
      ? { type: "shadow", shadowStyle: { color: look.line, opacity: 0.35 } }
      : { lineStyle: { color: look.faint, type: "solid", width: 1 } };
  const tell = (points) => {
    const step = points[0].dataIndex;
    const rows = [...new Set(points.map(({ seriesIndex }) => seriesIndex % names.length))]
      .filter((place) => Number.isFinite(values[place][step]))
      .sort((a, b) => values[b][step] - values[a][step])
      .slice(0, MOST_IN_TOOLTIP)
      .map((place) => ({ color: colors[place], name: names[place], value: numberName(values[place][step], shown) }));
    const suffix = isUnfinished(picture, step) ? " (so far)" : "";
    return { title: momentName(labels[step], interval, { isLong: true }) + suffix, rows };
  };
  return {
    tooltip: tooltip(look, "axis", tell, { axisPointer: pointer }),
    grid: grid(hasLegend),
    legend: { show: hasLegend, ...legend(look, names) },
    xAxis: categories(
      look,
      labels.map((label) => momentName(label, interval)),
      { boundaryGap: marks === "bar" || labels.length < 2 },
    ),
    yAxis: amounts(look, shown, {
      ...(picture.log ? { type: "log", min: 1 } : {}),
      ...(picture.percent ? { max: 100 } : {}),
    }),
    series: [
      ...picture.series.map((one, place) =>
        oneSeries(picture, place, { look, name: names[place], color: colors[place], data: values[place] }),
      ),
      ...(hasTail
        ? picture.series.map((one, place) =>
            tailOf(picture, place, { name: names[place], color: colors[place], data: values[place] }),
          )
        : []),
    ],
  };
}

function oneSeries(picture, place, { look, name, color, data }) {
  const { marks, stacked, goals } = picture;
  const { previous } = picture.series[place];
  const isAlone = data.length < 2;
  return {
    name,
    color,
    data:
      marks === "bar"
        ? data.map((value, step) => barOf(value, step, picture, previous))
        : withoutTail(data, picture, previous),
    type: marks === "bar" ? "bar" : "line",
    stack: stacked ? (previous ? "previous" : "all") : undefined,
    barMaxWidth: 36,
    barCategoryGap: "28%",
    symbol: "circle",
    symbolSize: isAlone ? 8 : 5,
    showSymbol: isAlone,
    lineStyle: previous ? { width: 1.5, type: [4, 4], opacity: 0.65 } : { width: 2.25 },
    itemStyle: { opacity: previous ? 0.55 : 1, borderRadius: marks === "bar" && !stacked ? [3, 3, 0, 0] : 0 },
    areaStyle: marks === "area" ? { opacity: previous ? 0.1 : 0.28 } : undefined,
    emphasis: { focus: picture.series.length > 1 ? "series" : "none" },
    markLine: place === 0 && goals?.length ? goalLines(goals, look) : undefined,
  };
}

// A period that is not over yet is drawn as a promise: the end of a line in dots, a bar faint.

const isUnfinished = ({ labels, unfinished }, step) => Boolean(unfinished) && step === labels.length - 1;

const barOf = (value, step, picture, previous) =>
  isUnfinished(picture, step) && !previous ? { value, itemStyle: { opacity: 0.4 } } : value;

const withoutTail = (data, picture, previous) =>
  previous || data.length < 2 ? data : data.map((value, step) => (isUnfinished(picture, step) ? null : value));

function tailOf(picture, place, { name, color, data }) {
  const { previous } = picture.series[place];
  return {
    name,
    color,
    data: previous ? [] : data.map((value, step) => (step < data.length - 2 ? null : value)),
    type: "line",
    stack: picture.stacked ? "tail" : undefined,
    symbol: "circle",
    symbolSize: 5,
    showSymbol: false,
    lineStyle: { width: 2, type: [2, 4] },
    areaStyle: picture.marks === "area" ? { opacity: 0.1 } : undefined,
  };
}

const goalLines = (wanted, look) => ({
  silent: true,
  symbol: "none",
  lineStyle: { color: look.ink, type: [6, 4], width: 1, opacity: 0.7 },
  label: { formatter: "{b}", position: "insideEndTop", color: look.ink },
  data: wanted.map(({ label, value }) => ({ name: label, yAxis: value })),
});

function shares(all) {
  const sums = all[0].data.map((_, step) => all.reduce((sum, one) => sum + (one.data[step] ?? 0), 0));
  return all.map((one) => one.data.map((value, step) => (sums[step] ? (100 * (value ?? 0)) / sums[step] : 0)));
}

// ECharts takes series of one name for one in its legend.
function uniqueNames(all) {
  const seen = new Map();
  return all.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times > 1 ? `${name} (${times})` : name || "–";
  });
}

// One value each.

function bars(picture, look) {
  const names = uniqueNames(picture.bars);
  return {
    tooltip: tooltip(
      look,
      "axis",
      rowOf(({ dataIndex }) => ({
        title: names[dataIndex],
        rows: [{ value: numberName(picture.bars[dataIndex].value, picture.format) }],
      })),
      wholeRow,
    ),
    grid: grid(false, { right: 56, top: 4 }),
    xAxis: amounts(look, picture.format, { show: false }),
    yAxis: categories(look, names, {
      inverse: true,
      axisLine: { show: false },
      axisLabel: { color: look.ink, width: Math.max(70, look.width * 0.3), overflow: "truncate", interval: 0 },
    }),
    series: [
      {
        type: "bar",
        barMaxWidth: 26,
        barCategoryGap: "32%",
        label: {
          show: true,
          position: "right",
          color: look.ink,
          formatter: ({ value }) => numberName(value, picture.format),
        },
        data: picture.bars.map((bar) => ({
          value: bar.value,
          itemStyle: { color: readable(bar.color, look), opacity: bar.previous ? 0.45 : 1, borderRadius: [0, 3, 3, 0] },
        })),
      },
    ],
  };
}

function pie(picture, look) {
  const isNarrow = look.width < 440;
  const names = uniqueNames(picture.slices);
  const total = picture.slices.reduce((sum, slice) => sum + slice.value, 0);
  return {
    tooltip: tooltip(look, "item", ({ dataIndex, value }) => ({
      title: names[dataIndex],
      rows: [{ value: `${numberName(value, picture.format)} · ${percent(value / total)}` }],
    })),
    legend: { show: isNarrow, ...legend(look, names) },
    series: [
      {
        type: "pie",
        radius: isNarrow ? ["44%", "70%"] : ["46%", "74%"],
        center: ["50%", isNarrow ? "44%" : "50%"],
        itemStyle: { borderColor: look.sheet, borderWidth: 2 },
        label: {
          show: !isNarrow,
          color: look.ink,
          formatter: ({ dataIndex, value }) => `{name|${unmarked(names[dataIndex])}}\n${percent(value / total)}`,
          rich: { name: { fontWeight: 600, lineHeight: 18 } },
          width: 120,
          overflow: "truncate",
        },
        labelLine: { length: 10, length2: 10, lineStyle: { color: look.faint } },
        data: picture.slices.map((slice, place) => ({
          name: names[place],
          value: slice.value,
          itemStyle: { color: readable(slice.color, look) },
        })),
      },
    ],
  };
}

function funnel(picture, look) {
  return picture.groups.length > 1 ? funnelGroups(picture, look) : oneFunnel(picture.groups[0], look);
}

// A bar per step on the track of the first. Its words stand above it, or beside it where steps are many.
function oneFunnel({ color, steps }, look) {
  const isTight = look.height / steps.length < 46;
  const numbers = ({ count, rate }) => `${numberName(count)} · ${percent(rate)}`;
  const size = (text, style) => (isTight ? text : `{${style}|${text}}`);
  return {
    tooltip: tooltip(
      look,
      "axis",
      rowOf(({ dataIndex }) => ({
        title: steps[dataIndex].name,
        rows: [{ value: numbers(steps[dataIndex]) }],
      })),
      wholeRow,
    ),
    grid: isTight
      ? grid(false, { right: 110, top: 4 })
      : { left: 0, right: 0, top: 14, bottom: 0, containLabel: false },
    xAxis: { type: "value", show: false, min: 0, max: Math.max(...steps.map(({ count }) => count)) },
    yAxis: categories(
      look,
      steps.map(({ name }) => unmarked(name)),
      {
        show: isTight,
        inverse: true,
        axisLine: { show: false },
        axisLabel: { color: look.ink, width: Math.max(70, look.width * 0.3), overflow: "truncate", interval: 0 },
      },
    ),
    series: [
      {
        type: "bar",
        barWidth: isTight ? "60%" : 16,
        showBackground: true,
        backgroundStyle: { color: look.line, opacity: 0.45, borderRadius: 4 },
        label: {
          show: true,
          position: isTight ? "right" : [0, -6],
          verticalAlign: isTight ? "middle" : "bottom",
          color: look.ink,
          formatter: ({ dataIndex }) =>
            isTight
              ? numbers(steps[dataIndex])
              : `${size(unmarked(steps[dataIndex].name), "name")}   ${size(numbers(steps[dataIndex]), "numbers")}`,
          rich: { name: { fontSize: 13, fontWeight: 600 }, numbers: { color: look.faint, fontSize: 13 } },
        },
        itemStyle: { color: readable(color, look), borderRadius: 4 },
        data: steps.map(({ count }) => count),
      },
    ],
  };
}

function funnelGroups({ groups }, look) {
  const longest = groups.reduce((a, b) => (b.steps.length > a.steps.length ? b : a));
  return series(
    {
      marks: "bar",
      labels: longest.steps.map(({ name }) => name),
      interval: "",
      format: { postfix: "%" },
      series: groups.map(({ name, color, steps }) => ({
        name,
        color,
        data: steps.map(({ rate }) => Math.round(rate * 1000) / 10),
      })),
    },
    look,
  );
}

// A cohort per row; the stronger the colour, the more came back.
function heat({ labels, rows, color, unfinished }, look) {
  const base = readable(color, look);
  const wide = look.width / (labels.length + 2) > 38;
  const cells = rows
    .flatMap(({ rates }, row) =>
      rates.map((rate, column) => {
        if (rate === null) return null;
        const fill = mix(look.sheet, base, 0.06 + 0.86 * Math.min(1, rate));
        const text = contrast(fill, look.ink) >= contrast(fill, look.sheet) ? look.ink : look.sheet;
        const isOver = !unfinished || row + column < rows.length - 1;
        return {
          value: [column, row, rate],
          itemStyle: isOver ? { color: fill } : { color: look.sheet, borderColor: look.line, borderWidth: 1 },
          label: { color: isOver ? text : look.faint },
        };
      }),
    )
    .filter(Boolean);
  const rowNames = rows.map(({ name, date }, place) => momentName(String(date ?? ""), "day") || name || String(place));
  return {
    tooltip: tooltip(look, "item", ({ value: [column, row, rate] }) => ({
      title: `${rowNames[row]} · ${labels[column]}${unfinished && row + column >= rows.length - 1 ? " (so far)" : ""}`,
      rows: [
        { value: percent(rate), name: `${numberName(rows[row].counts[column])} of ${numberName(rows[row].size)}` },
      ],
    })),
    grid: grid(false, { top: 4, right: 2, bottom: 2 }),
    xAxis: categories(look, labels, { position: "top", axisLine: { show: false }, splitArea: { show: false } }),
    yAxis: categories(look, rowNames, { inverse: true, axisLine: { show: false } }),
    series: [
      {
        type: "heatmap",
        data: cells,
        label: { show: wide, fontSize: 11, formatter: ({ value }) => percent(Math.round(value[2] * 100) / 100) },
        itemStyle: { borderColor: look.sheet, borderWidth: 2, borderRadius: 4 },
        emphasis: { itemStyle: { borderColor: look.ink } },
      },
    ],
  };
}

function flow({ nodes, links, color }, look) {
  const last = Math.max(...nodes.map(({ step }) => step));
  const labelOf = new Map(nodes.map(({ name, label }) => [name, label]));
  const room = Math.min(150, look.width / (last + 2));
  const tone = readable(color, look);
  return {
    tooltip: tooltip(look, "item", ({ dataType, data, name, value }) => ({
      title: dataType === "edge" ? `${labelOf.get(data.source)} → ${labelOf.get(data.target)}` : labelOf.get(name),
      rows: [{ value: numberName(value) }],
    })),
    series: [
      {
        type: "sankey",
        left: 2,
        top: 8,
        bottom: 8,
        right: room,
        nodeWidth: 8,
        nodeGap: 10,
        draggable: false,
        nodeAlign: "left",
        emphasis: { focus: "adjacency" },
        itemStyle: { color: tone, borderWidth: 0 },
        lineStyle: { color: mix(tone, look.faint, 0.3), opacity: 0.2, curveness: 0.5 },
        label: {
          color: look.ink,
          width: room - 12,
          overflow: "truncate",
          formatter: ({ name }) => unmarked(labelOf.get(name)),
        },
        data: nodes.map(({ name, step }) => ({ name, depth: step })),
        links,
      },
    ],
  };
}
