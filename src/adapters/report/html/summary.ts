import type { DayRange, Figure, MoneyFigure } from "../../../domain/roi/report/figure.ts";
import type { RoiReport } from "../../../domain/roi/report/report.ts";
import { evidenceText, figureText, moneyText, signedFigureText } from "../../../domain/roi/report/words.ts";
import type { ReportFrame } from "../../../ports/report-renderer.ts";
import { bracketsText } from "../tables.ts";
import { type Html, html } from "./markup.ts";

/** What a reader with half a minute sees: the sentence, how far to trust it, the figures behind it. */
export function summary(report: RoiReport, frame: ReportFrame): Html {
  const { evidence, headline } = report;
  return html`<header>
<p class="eyebrow"><span><b>${frame.organisation}</b> ${scopeText(report)}</span><span><span class="day">${windowText(report.window)}</span>${report.asOf === null ? "" : html`, <span class="day">known as of ${report.asOf}</span>`}</span></p>
<h1>Return on gamification</h1>
<p class="headline">${keptTogether(headline.text)}</p>
<div class="grade grade-${evidence.grade}">
<span class="letter" aria-hidden="true">${evidence.grade}</span>
<div><p class="meaning">Evidence grade ${evidence.grade}, ${evidence.reading}</p><p>${evidence.meaning}</p></div>
<ul>${evidence.reasons.map((reason) => html`<li>${sentence(reason)}</li>`)}<li>For a better grade: ${lowerFirst(evidence.toImprove)}</li></ul>
</div>
<dl class="keys">${keyFigures(report)}</dl>
</header>`;
}

/** A figure and its unit stay on one line: headlines are set large, and break often. */
function keptTogether(text: string): string {
  return text.replace(/(\d) (%|s|[A-Z]{3})(?![\p{L}\d])/gu, "$1\u00a0$2");
}

function scopeText({ scope, zone }: RoiReport): string {
  const part = scope.challenge === null ? "whole programme" : `challenge ${scope.challenge}`;
  const month = scope.month === null ? "" : `, ${scope.month}`;
  return `· ${part}${month}${zone === null ? "" : ` · ${zone}`}`;
}

function windowText(window: DayRange | null): string {
  return window === null ? "no data" : `${window.from} to ${window.to}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

interface Key {
  readonly name: string;
  readonly value: string | null;
  readonly note: string;
}

function keyFigures(report: RoiReport): Html[] {
  return keysOf(report).map(
    ({ name, value, note }) =>
      html`<div><dt>${name}</dt><dd class="${value === null ? "value none" : "value"}">${value ?? "Not stated"}</dd><dd class="note">${note}</dd></div>`,
  );
}

function keysOf(report: RoiReport): Key[] {
  const { comparison, keyFigures: keys, currency, evidence } = report;
  const gain = evidence.reading === "causal" ? "Gain" : "Gain, associational";
  if (comparison === null) {
    return [
      ofFigure("Average handle time", keys.averageHandleTime, figureText(keys.averageHandleTime)),
      ofMoney(gain, keys.gain, currency),
      ofMoney("Cost on record", keys.cost, currency),
      ofFigure("ROI", keys.roi, signedFigureText(keys.roi)),
    ];
  }
  return [
    ofFigure(
      `Handle time, ${comparison.before.period.label}`,
      comparison.before.averageHandleTime,
      figureText(comparison.before.averageHandleTime, 2),
    ),
    ofFigure(
      `Handle time, ${comparison.after.period.label}`,
      comparison.after.averageHandleTime,
      figureText(comparison.after.averageHandleTime, 2),
    ),
    ofFigure("Hours saved", comparison.savedHours, signedFigureText(comparison.savedHours)),
    ofFigure("ROI", keys.roi, signedFigureText(keys.roi)),
  ];
}

function ofFigure(name: string, figure: Figure, text: string): Key {
  return {
    name,
    value: figure.value === null ? null : text,
    note: figure.reason ?? [bracketsText(figure).trim(), evidenceText(figure)].filter((part) => part !== "").join(", "),
  };
}

function ofMoney(name: string, figure: MoneyFigure, currency: string): Key {
  return { name, value: figure.amountMinor === null ? null : moneyText(figure, currency), note: figure.reason ?? evidenceText(figure) };
}
