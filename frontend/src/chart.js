import * as echarts from "echarts/core";
import { BarChart, HeatmapChart, LineChart, PieChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { lookOf } from "./look.js";
import { optionOf, wordsOf } from "./options.js";

echarts.use([
  BarChart,
  HeatmapChart,
  LineChart,
  PieChart,
  SankeyChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

const wantsStillness = matchMedia("(prefers-reduced-motion: reduce)");
const wantsContrast = matchMedia("(prefers-contrast: more)");

// One tile that has a picture: its canvas, its table, and the button between them.
export class Chart {
  constructor(tile) {
    this.tile = tile;
    this.stage = tile.querySelector(".stage");
    this.table = tile.querySelector(".scroll");
    this.title = tile.querySelector("h2").textContent;
    this.picture = JSON.parse(tile.querySelector("script[type='application/json']").textContent);
    this.isDrawn = false;
  }

  prepare() {
    this.canvas = document.createElement("div");
    this.canvas.className = "canvas";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.words());
    this.stage.prepend(this.canvas);
    this.addButton();
  }

  addButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "switch";
    button.textContent = "Table";
    button.setAttribute("aria-label", `Show “${this.title}” as a table`);
    button.addEventListener("click", () => this.show(this.tile.dataset.view === "table" ? "picture" : "table"));
    this.button = button;
    this.tile.querySelector("header").append(button);
    this.show("picture");
  }

  // The table stays there for those who cannot see the picture; it just takes no room and no focus.
  show(view) {
    this.tile.dataset.view = view;
    this.button?.setAttribute("aria-pressed", String(view === "table"));
    if (view === "table" || this.tile.closest(".detailed")) this.table?.setAttribute("tabindex", "0");
    else this.table?.removeAttribute("tabindex");
  }

  draw() {
    try {
      if (this.chart) this.chart.resize();
      else this.chart = echarts.init(this.canvas, null, { renderer: "svg" });
      this.chart.setOption({ ...this.manners(), ...optionOf(this.picture, this.look()) }, { notMerge: true });
      this.isDrawn = true;
    } catch (error) {
      console.warn(`“${this.title}” cannot be drawn:`, error.message);
      this.show("table");
      this.canvas.remove();
      this.button?.remove();
    }
  }

  resize() {
    if (!this.isDrawn || !this.canvas.clientWidth) return;
    this.chart.resize();
    this.chart.setOption(optionOf(this.picture, this.look()));
  }

  look() {
    return lookOf(this.canvas);
  }

  words() {
    return `${this.title}: ${wordsOf(this.picture)}. The table holds the same numbers.`;
  }

  manners() {
    return {
      // Paper shows the first moment, not the last.
      animation: !wantsStillness.matches && !this.isDrawn && !("printing" in document.documentElement.dataset),
      animationDuration: 500,
      aria: {
        enabled: true,
        label: { description: this.words() },
        decal: { show: wantsContrast.matches },
      },
    };
  }
}
