import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Html, trusted } from "../html/markup.ts";

/** How wide the same chart is drawn: for a desk or print, and for a phone. CSS shows one of the two. */
export const chartSizes = { wide: { width: 520, height: 230 }, narrow: { width: 340, height: 210 } } as const;
export type ChartSize = keyof typeof chartSizes;

export interface ChartText {
  /** Unique on the page; part of the element ids. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, for somebody who cannot see it. */
  readonly description: string;
}

/** The little of an SVG element that is touched here; the browser's own types are not part of this program. */
interface SvgElement {
  readonly tagName: string;
  readonly outerHTML: string;
  textContent: string | null;
  querySelector(selector: string): SvgElement | null;
  querySelectorAll(selector: string): Iterable<SvgElement>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  prepend(...children: readonly SvgElement[]): void;
  remove(): void;
}

export type DrawChart = (base: Plot.PlotOptions, size: ChartSize) => Plot.PlotOptions;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** An axis label: `12.5k`, `3M`, `0`. */
export function compactNumber(value: number): string {
  const size = Math.abs(value);
  const [unit, suffix] = size >= 1e6 ? ([1e6, "M"] as const) : size >= 1e3 ? ([1e3, "k"] as const) : ([1, ""] as const);
  return `${String(Math.round((value / unit) * 100) / 100).replace("-", "\u2212")}${suffix}`;
}

/** Both variants of one chart as static SVG without script or inline style. */
export function drawChart(
  text: ChartText,
  draw: DrawChart,
  heights: { readonly wide?: number; readonly narrow?: number; readonly full?: boolean } = {},
): Html {
  const variant = (size: ChartSize): string => {
    const width = size === "wide" && heights.full === true ? 1000 : chartSizes[size].width;
    const base: Plot.PlotOptions = {
      document,
      width,
      height: heights[size] ?? chartSizes[size].height,
      marginLeft: 44,
      marginRight: 16,
      marginTop: 26,
      marginBottom: 36,
      className: "chart",
    };
    const span = heights.full === true ? "full" : "half";
    return finish(Plot.plot(draw(base, size)), { ...text, id: `${text.id}-${size}` }, `${size} ${span}`);
  };
  return trusted(`${variant("wide")}${variant("narrow")}`);
}

/**
 * Plot labels inner groups, which no reader of roles accepts, and adds a style element and inline styles, which the
 * page's content policy refuses: all go. Title and description are set as text, so hostile names stay text.
 */
function finish(plot: SvgElement, text: ChartText, classes: string): string {
  const svg = plot.tagName.toLowerCase() === "svg" ? plot : (plot.querySelector("svg") ?? plot);
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    for (const name of ["aria-label", "aria-description", "style", "class"]) element.removeAttribute(name);
  }
  svg.setAttribute("class", `chart ${classes}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${text.id}-title ${text.id}-text`);
  svg.prepend(textElement("title", `${text.id}-title`, text.title), textElement("desc", `${text.id}-text`, text.description));
  return svg.outerHTML;
}

function textElement(tag: "title" | "desc", id: string, text: string): SvgElement {
  const element: SvgElement = document.createElementNS("http://www.w3.org/2000/svg", tag);
  element.setAttribute("id", id);
  element.textContent = text;
  return element;
}
