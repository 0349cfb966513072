// A chart of Block Kit as bars one below the other; a pie's slices are bars too.

import { el } from "./dom.js";

export function drawChart({ title, chart }) {
  const series = chart.series ?? [{ name: "", data: chart.segments }];
  const labels = chart.axis_config?.categories ?? chart.segments.map((slice) => slice.label);
  const most = Math.max(1, ...series.flatMap((each) => each.data.map((point) => point.value)));
  return el("figure", { class: "b-chart" }, el("figcaption", {}, title),
    el("ul", {}, labels.map((label) => el("li", {}, el("span", { class: "bar-label" }, label),
      el("div", { class: "bars" }, series.map((each, index) => {
        const { value } = each.data.find((point) => point.label === label);
        return el("div", { class: "bar-row" }, bar(value / most, index),
          el("span", { class: "bar-value" }, series.length > 1 && el("span", { class: "fine" }, `${each.name} `), String(value)));
      }))))));
}

function bar(share, index) {
  const node = el("span", { class: "bar", "aria-hidden": "true", "data-tone": index % 4 });
  node.style.width = `${Math.max(0, share) * 100}%`; // not an attribute: the page's policy takes none of style
  return el("span", { class: "bar-room" }, node);
}
