import { reportToJson } from "../../domain/roi/report/report-json.ts";
import type { ReportRenderer } from "../../ports/report-renderer.ts";
import { saveText } from "./save.ts";

/** Only the chosen format's modules are loaded: charts are needed by one of the five. */
export const reportRenderer: ReportRenderer = {
  save: saveText,
  async render(report, format, frame) {
    switch (format) {
      case "html":
        return (await import("./html/page.ts")).renderHtml(report, frame);
      case "csv":
        return (await import("./csv.ts")).renderCsv(report);
      case "md":
        return (await import("./markdown.ts")).renderMarkdown(report, frame);
      case "json":
        return `${JSON.stringify(reportToJson(report), null, 2)}\n`;
      case "terminal":
        return (await import("./terminal.ts")).renderTerminal(report, frame);
    }
  },
};
