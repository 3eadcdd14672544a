/** What a command tells: progress and remarks go to stderr, the result goes to stdout once, at the end. */
export interface Output {
  /** One remark for the person watching; hidden by --quiet. */
  note(text: string): void;
  /** Something that is wrong but does not stop the command; never hidden. */
  warn(text: string): void;
  /** A detail for --verbose. */
  detail(text: string): void;
  /** A line that replaces the one before on a terminal, and is written now and then in a log. */
  progress(text: string): void;
  /** Ends the progress line. */
  progressDone(): void;
}
