import type { Figure, MoneyFigure } from "../../../domain/roi/report/figure.ts";
import type { Horizon, RoiReport, StatusStudy } from "../../../domain/roi/report/report.ts";
import { changeText, figureText, moneyText, signedFigureText } from "../../../domain/roi/report/words.ts";
import { comparisonBars } from "../charts/comparison.ts";
import { engagementHistogram, lagChart, shiftStartChart, statusChangeChart } from "../charts/engagement.ts";
import { horizonWaterfall, moneyWaterfall } from "../charts/money.ts";
import { trendCharts } from "../charts/trend.ts";
import {
  bracketsText,
  comparisonTable,
  lifecycleTable,
  measuresTable,
  moneyTable,
  rateTable,
  recoveryText,
  returnWord,
  type Table,
} from "../tables.ts";
import { type Html, html, nothing } from "./markup.ts";

export function section(id: string, title: string, lead: string, ...content: readonly (Html | null)[]): Html {
  return html`<section aria-labelledby="${id}-head">
<h2 id="${id}-head">${title}</h2>
<p class="lead">${lead}</p>
${content.map((part) => part ?? nothing)}
</section>
`;
}

/** On a phone every row becomes a card; the roles keep it a table for a screen reader. */
export function drawTable({ title, columns, rows, notes }: Table): Html {
  const head = columns.map((column) => html`<th scope="col" role="columnheader"${className(column.isNumber)}>${column.title}</th>`);
  const body = rows.map((cells) => html`<tr role="row">${cells.map((cell, index) => drawCell(cell, index, columns[index]))}</tr>\n`);
  const told = notes.length === 0 ? nothing : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  if (rows.length === 0) return told;
  return html`<div class="rows"><table role="table"><caption>${title}</caption><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">${body}</tbody></table></div>${told}`;
}

function className(isNumber: boolean): Html {
  return isNumber ? html` class="num"` : nothing;
}

function drawCell(cell: string, index: number, column: Table["columns"][number] | undefined): Html {
  if (index === 0) return html`<th scope="row" role="rowheader">${cell}</th>`;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(cell);
  return html`<td role="cell"${isDay ? html` class="day"` : className(column?.isNumber === true)} data-label="${column?.title ?? ""}">${cell}</td>`;
}

export function tableSection(table: Table, lead: string, chart: Html | null = null): Html {
  const drawn =
    chart === null
      ? null
      : html`<figure class="panel whole"><figcaption><b>Days loaded</b> darker: more agents at work; outlined: nothing loaded</figcaption>${chart}</figure>`;
  return section(table.id, table.title, lead, drawn === null ? null : html`<div class="grid">${drawn}</div>`, drawTable(table));
}

export function comparisonSection(report: RoiReport): Html | null {
  if (report.comparison === null) return null;
  const bars = comparisonBars(report.comparison);
  const drawn =
    bars === null
      ? null
      : html`<div class="grid"><figure class="panel whole"><figcaption><b>Average handle time</b> from zero, so that lengths compare</figcaption>${bars}</figure></div>`;
  const lead =
    "Two periods of the calendar, the change of the average applied to the later period's volume. Whatever else changed in between is in it.";
  return section("comparison", "Before and after", lead, drawn, drawTable(comparisonTable(report)));
}

export function trendSection(report: RoiReport): Html | null {
  const firstEnrolment = report.horizons.find(({ state }) => state !== "not_available")?.cost.window?.from ?? null;
  const charts = trendCharts(report.weeks, firstEnrolment);
  if (charts.length === 0) return null;
  const lead =
    "By ISO week of the work date: sums divided last, never averages of averages. Hollow points: days missing or still provisional.";
  return section("trend", "What moved", lead, html`<div class="grid">${charts}</div>`);
}

export function horizonSection(report: RoiReport): Html {
  const lead =
    "Handle time answers within two weeks, attrition needs three months. Each horizon carries its own days' cost; the two are never added.";
  return section(
    "horizons",
    "Two horizons, one cost each",
    lead,
    html`<div class="grid">${report.horizons.map((horizon) => horizonCard(horizon, report))}</div>`,
  );
}

function horizonCard(horizon: Horizon, { currency, currencyDigits, evidence }: RoiReport): Html {
  const title = horizon.name === "operational" ? "Operational: the first 14 days" : "Workforce stability: the first 90 days";
  const chart = horizonWaterfall(`horizon-${horizon.name}`, title, horizon, currency, currencyDigits);
  const effects: Line[] =
    horizon.name === "operational"
      ? [
          ["Handle time per interaction", horizon.averageHandleTimeChange, signedFigureText(horizon.averageHandleTimeChange)],
          ["Hours saved", horizon.savedHours, signedFigureText(horizon.savedHours)],
        ]
      : [
          ["Leavers among the enrolled", horizon.leavers, figureText(horizon.leavers)],
          ["Leavers the model expects without", horizon.expectedLeavers, figureText(horizon.expectedLeavers, 1)],
        ];
  const lines: Line[] = [
    ...effects,
    [`Gain, ${horizon.basis}`, horizon.gain, moneyText(horizon.gain, currency)],
    ["Cost of these days", horizon.cost, moneyText(horizon.cost, currency)],
    [returnWord(evidence), horizon.roi, `${signedFigureText(horizon.roi)}${bracketsText(horizon.roi)}`],
  ];
  return html`<div class="card"><h3>${title}</h3>${horizon.reason === null ? nothing : html`<p class="state">${capital(horizon.reason)}</p>`}${chart ?? nothing}
<dl class="pairs">${lines.map(([name, figure, text]) => html`<dt>${name}</dt>${pairValue(figure, text)}`)}</dl>${whyList(horizon, lines)}</div>`;
}

type Line = readonly [name: string, figure: Figure | MoneyFigure, text: string];

function pairValue({ reason }: { readonly reason: string | null }, text: string): Html {
  return html`<dd${reason === null ? nothing : html` class="none"`}>${text}</dd>`;
}

function whyList({ reason }: Horizon, lines: readonly Line[]): Html {
  if (reason !== null) return nothing;
  const why = new Set(lines.flatMap(([, figure]) => figure.reason ?? []));
  return why.size === 0 ? nothing : html`<ul class="notes">${[...why].map((text) => html`<li>${capital(text)}.</li>`)}</ul>`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function moneySection(report: RoiReport): Html {
  const chart = moneyWaterfall("waterfall", "From benefits over costs to the net", report.money, report.currency, report.currencyDigits);
  const drawn =
    chart === null
      ? null
      : html`<div class="grid"><figure class="panel whole"><figcaption><b>From benefits over costs to the net</b> ${report.currency}, whole window</figcaption>${chart}</figure></div>`;
  return section(
    "money",
    "Gain and cost",
    report.scope.challenge === null
      ? "Measured benefits and recorded costs of the window. Modelled figures are kept out."
      : "The challenge's share of the measured change, every action credited once, and its own and shared costs.",
    drawn,
    drawTable(moneyTable(report)),
    html`<h3>At other rates</h3>`,
    drawTable(rateTable(report)),
  );
}

const chartsOfChanges = 3;

/** The changes after which engagement fell most surely, then those most observed; the table below names the others. */
function mostTelling(studies: readonly StatusStudy[]): StatusStudy[] {
  const surest = ({ change }: StatusStudy): number => Math.min(0, change.interval?.[1] ?? 0);
  const observed = ({ before, after }: StatusStudy): number => Math.min(before.n, after.n);
  return [...studies].sort((left, right) => surest(left) - surest(right) || observed(right) - observed(left)).slice(0, chartsOfChanges);
}

function recoveryCaption({ recoveryDay, ...study }: StatusStudy): string {
  if (recoveryDay.value === null) return recoveryDay.reason ?? "";
  return `over after ${figureText(recoveryDay, 0)} (${recoveryText({ recoveryDay, ...study })})`;
}

export function engagementSection(report: RoiReport): Html | null {
  const histogram = engagementHistogram(report.engagement);
  const studies = mostTelling(report.lifecycle).flatMap((study, index) => {
    const chart = statusChangeChart(study, index);
    const span = `${figureText(study.before)} in the two weeks before, ${figureText(study.after)} in the two after; ${recoveryCaption(study)}`;
    return chart === null
      ? []
      : [
          html`<figure class="panel"><figcaption><b>${study.name} ${changeText(study)}</b> ${study.changedOn}: ${span}</figcaption>${chart}</figure>`,
        ];
  });
  const measures = [lagChart(report.engagement.measures), shiftStartChart(report.engagement.measures)];
  if (histogram === null && studies.length === 0 && measures.every((chart) => chart === null)) return null;
  const spread =
    histogram === null
      ? nothing
      : html`<figure class="panel"><figcaption><b>Agents by mean engagement</b> ${figureText(report.engagement.belowRisk)} of ${figureText(report.engagement.agents)} agents below the risk threshold</figcaption>${histogram}</figure>`;
  const [lags, shifts] = measures.map((chart, index) => {
    const [title, lead] = measureTitles[index] ?? ["", ""];
    return chart ? html`<figure class="panel"><figcaption><b>${title}</b> ${lead}</figcaption>${chart}</figure>` : nothing;
  });
  return section(
    "engagement",
    "Engagement",
    "As measured: a falling curve after a campaign is shown, not smoothed away. Larger dots: more agents; thin lines: 95 % of the day; grey: means of two weeks; shade: when the dip is over, 95 %.",
    html`<div class="grid">${spread}${studies}${lags ?? nothing}${shifts ?? nothing}</div>`,
    ...(report.lifecycle.length === 0 ? [] : [drawTable(lifecycleTable(report))]),
    html`<h3>Engagement measures</h3>`,
    drawTable(measuresTable(report)),
  );
}

const measureTitles = [
  ["Points and quality, weeks apart", "correlation within agents, 95 %"],
  ["Engagement by shift start", "7-day mean by the local hour in which the shift starts, 95 %"],
] as const;
