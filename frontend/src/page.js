// Draws the pictures of a page over their tables, and asks for the tiles that came without an answer. Without this
// script the tables are the page.
import { arrive } from "./arrivals.js";
import { Chart } from "./chart.js";
import { sayWhen } from "./moments.js";

const root = document.documentElement;
const charts = new Map();

// From here on a tile waits for its picture instead of showing its table.
root.dataset.charts = "on";

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      charts.get(target)?.draw();
    }
  },
  { rootMargin: "300px" },
);
const sizes = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => charts.get(target.closest(".tile"))?.resize()),
);

for (const tile of document.querySelectorAll(".tile.pictured")) hang(tile);
times().forEach(sayWhen);

arrive(document.querySelectorAll(".tile[data-awaited]"), {
  replace(old, tile) {
    take(old);
    old.replaceWith(tile);
    if (tile.matches(".pictured")) hang(tile);
    tile.querySelectorAll("time[datetime]").forEach(sayWhen);
  },
  finish: sayOldest,
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// Paper is white, has its own width, and shows also what was never scrolled to.
const theme = root.dataset.theme;
addEventListener("beforeprint", () => {
  root.dataset.theme = "light";
  root.dataset.printing = "";
  times().forEach((time) => (time.textContent = time.title));
  charts.forEach((chart) => chart.draw());
});
addEventListener("afterprint", () => {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  delete root.dataset.printing;
  times().forEach(sayWhen);
  redraw();
});

function hang(tile) {
  const chart = new Chart(tile);
  charts.set(tile, chart);
  chart.prepare();
  near.observe(tile);
  sizes.observe(chart.stage);
}

function take(tile) {
  const chart = charts.get(tile);
  if (!chart) return;
  near.unobserve(tile);
  sizes.unobserve(chart.stage);
  charts.delete(tile);
}

function times() {
  return document.querySelectorAll("time[datetime]");
}

// The head of the page says how old the oldest of its answers is.
function sayOldest() {
  const head = document.querySelector(".masthead time");
  const oldest = [...document.querySelectorAll(".tile time")].sort((a, b) => (a.dateTime < b.dateTime ? -1 : 1))[0];
  if (!head || !oldest) return;
  head.dateTime = oldest.dateTime;
  head.title = oldest.title;
  sayWhen(head);
}

function redraw() {
  charts.forEach((chart) => chart.isDrawn && chart.draw());
}
