import type { RoiReport } from "../domain/roi/report/report.ts";

export const reportFormats = ["terminal", "html", "json", "csv", "md"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** What stands around the figures; part of the bytes, so it comes from outside and not from a clock. */
export interface ReportFrame {
  /** The organisation's name, for the head of the page. */
  readonly organisation: string;
  /** gami's version. */
  readonly version: string;
  /** Columns of the terminal it is shown on; without it tables are as wide as their text. */
  readonly width?: number | null;
}

/** Turns a report into text. The same report and frame give the same bytes. */
export interface ReportRenderer {
  render(report: RoiReport, format: ReportFormat, frame: ReportFrame): Promise<string>;
  /**
   * Writes the text as a whole: a reader sees the old file or the new one. Makes the folder where it is missing.
   * @throws WarehouseError when the place cannot be written.
   */
  save(path: string, text: string): Promise<void>;
}
