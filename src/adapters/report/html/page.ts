import { createHash } from "node:crypto";
import type { RoiReport } from "../../../domain/roi/report/report.ts";
import type { ReportFrame } from "../../../ports/report-renderer.ts";
import { coverageCalendar } from "../charts/coverage.ts";
import { assumptionTable, challengeTable, monthTable, qualityTable, turnoverTable } from "../tables.ts";
import { effectSection } from "./effect.ts";
import { type Html, html, trusted } from "./markup.ts";
import { comparisonSection, engagementSection, horizonSection, moneySection, tableSection, trendSection } from "./sections.ts";
import { styleSheet } from "./style.ts";
import { summary } from "./summary.ts";

/** Nothing may be loaded and nothing may run; the one style sheet is allowed by its hash. */
function contentPolicy(): string {
  const hash = createHash("sha256").update(styleSheet).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

/** The whole report as one file that needs nothing else: no script, no font, no request. */
export function renderHtml(report: RoiReport, frame: ReportFrame): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gami ${frame.version}">
<title>ROI report: ${frame.organisation}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${summary(report, frame)}
<main>
${body(report)}
</main>
<footer><p>gami ${frame.version}, report schema ${report.schemaVersion}. Figures in brackets after a dash lead to the reason below the table. Definitions: docs/roi-report.md.</p></footer>
</body>
</html>
`;
  return page.markup;
}

function body(report: RoiReport): Html[] {
  const { currency } = report;
  const sections: (Html | null)[] = [
    comparisonSection(report),
    effectSection(report),
    trendSection(report),
    horizonSection(report),
    moneySection(report),
    report.months.length === 0
      ? null
      : tableSection(
          monthTable(report.months, currency),
          "Measured per calendar month of the work date. Weighted points follow the state of the challenge; unweighted ones do not.",
        ),
    report.challenges.length === 0
      ? null
      : tableSection(
          challengeTable(report.challenges, currency),
          "Each action is credited once and split over the challenges that paid it; points paid are what was really awarded.",
        ),
    engagementSection(report),
    tableSection(turnoverTable(report), "What low engagement might cost in leavers, at three thresholds. Outside every gain on this page."),
    tableSection(
      qualityTable(report),
      "How complete the data is, and how far its counts can be trusted.",
      coverageCalendar(report.dataQuality),
    ),
    tableSection(assumptionTable(report), "Everything that was chosen and not measured."),
  ];
  return sections.flatMap((section) => (section === null ? [] : [section]));
}
