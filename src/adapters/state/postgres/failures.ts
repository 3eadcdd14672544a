import { AuthError, ConfigError, GamiError, LockHeldError, WarehouseError } from "../../../errors.ts";

/** The server is going down, starting up or has ended the session [https://www.postgresql.org/docs/current/errcodes-appendix.html]. */
const goneCodes = ["57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EAI_AGAIN"];
const collisionCodes = ["40001", "40P01"];

export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return goneCodes.includes(code) || code.startsWith("08");
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(error.message)
  );
}

export function isWorthRepeating(error: unknown): boolean {
  return isLostConnection(error) || collisionCodes.includes(codeOf(error) ?? "");
}

/** An error of pg in gami's words; anything else is passed on as it is. */
export function postgresFailure(cause: unknown, url: string): unknown {
  if (cause instanceof GamiError || !(cause instanceof Error)) return cause;
  const place = placeOf(url);
  const code = codeOf(cause);
  if (isLostConnection(cause)) {
    return new WarehouseError(`the operational store ${place} cannot be reached: ${firstLine(cause)}`, {
      code: "STATE_UNREACHABLE",
      hint: "check that the database runs and that state.postgres.url is right, then run the command again: nothing was half written",
      cause,
    });
  }
  if (code === null) return cause;
  if (code === "ENOTFOUND") {
    return new ConfigError(`the operational store ${place} cannot be reached: no host has this name`, {
      code: "STATE_HOST",
      hint: "correct state.postgres.url",
      cause,
    });
  }
  if (code === "55P03" || collisionCodes.includes(code)) {
    return new LockHeldError(`the operational store ${place} is busy: another process has been writing to it for too long`, {
      code: "STATE_BUSY",
      hint: "run the command again when the other gami has ended ('gami runs list' names it)",
      cause,
    });
  }
  if (code === "28P01" || code === "28000") {
    return new AuthError(`the operational store ${place} refuses the login: ${firstLine(cause)}`, {
      code: "STATE_LOGIN",
      hint: "check user and password in state.postgres.url",
      cause,
    });
  }
  if (code === "3D000")
    return new ConfigError(`there is no database ${place}`, {
      code: "STATE_DATABASE",
      hint: "create it, or correct state.postgres.url",
      cause,
    });
  if (code === "42501") {
    return new WarehouseError(`the operational store ${place} may not be changed by this user: ${firstLine(cause)}`, {
      code: "STATE_READ_ONLY",
      hint: "let this user create a schema in the database, or own the schema gami uses",
      cause,
    });
  }
  if (code === "53100") {
    return new WarehouseError(`the operational store ${place} could not be written: its disk is full`, {
      code: "STATE_DISK_FULL",
      hint: "free space on the disk of the database and run the command again",
      cause,
    });
  }
  return new WarehouseError(`the operational store ${place} failed: ${firstLine(cause)}`, {
    code: "STATE_FAILED",
    hint: "run 'gami doctor'",
    cause,
  });
}

/** Without user and password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return "postgres";
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}${port === "" ? "" : `:${port}`}${pathname}`;
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function firstLine(error: Error): string {
  return error.message.split("\n", 1)[0] ?? "";
}
