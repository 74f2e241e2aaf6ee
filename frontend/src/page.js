// Draws the pictures of a page over their tables. Without this script the tables are the page.
import { Chart } from "./chart.js";
import { sayWhen } from "./moments.js";

const root = document.documentElement;
const charts = [...document.querySelectorAll(".tile.pictured")].map((tile) => new Chart(tile));

// From here on a tile waits for its picture instead of showing its table.
root.dataset.charts = "on";

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      chartOf(target).draw();
    }
  },
  { rootMargin: "300px" },
);
const sizes = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => chartOf(target.closest(".tile")).resize()),
);

for (const chart of charts) {
  chart.prepare();
  near.observe(chart.tile);
  sizes.observe(chart.stage);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// Paper is white, has its own width, and shows also what was never scrolled to.
const theme = root.dataset.theme;
addEventListener("beforeprint", () => {
  root.dataset.theme = "light";
  root.dataset.printing = "";
  times.forEach((time) => (time.textContent = time.title));
  charts.forEach((chart) => chart.draw());
});
addEventListener("afterprint", () => {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  delete root.dataset.printing;
  times.forEach(sayWhen);
  redraw();
});

const times = document.querySelectorAll("time[datetime]");
times.forEach(sayWhen);

function chartOf(tile) {
  return charts.find((chart) => chart.tile === tile);
}

function redraw() {
  charts.filter((chart) => chart.isDrawn).forEach((chart) => chart.draw());
}
