import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong, at every request that `when` says until it is taken back. */
export interface Fault {
  when(path: string, body: string): boolean;
  /** The answer of the service, which did it all the same with `isDone`, or did `instead`; or the connection is cut, before or after it was done. */
  readonly answer:
    | { readonly status?: number; readonly json: unknown; readonly isDone?: true; instead?(body: string): string }
    | "cut"
    | "cut after";
}

export interface FaultProxy {
  readonly url: string;
  setFault(fault: Fault | null): void;
  /** Bodies of the requests that went by, in order. */
  readonly seen: { path: string; body: string }[];
  close(): Promise<void>;
}

/** Stands between a driver and an emulator, and speaks for the service where the emulator has no such failure. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let fault: Fault | null = null;
  const seen: FaultProxy["seen"] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming);
    const path = incoming.url ?? "/";
    seen.push({ path, body: body.toString("utf8") });
    const struck = fault?.when(path, body.toString("utf8")) === true ? fault.answer : null;
    if (struck === "cut") return void incoming.socket.destroy();
    const say = ({ status = 200, json }: { readonly status?: number; readonly json: unknown }) => {
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(json));
    };
    if (struck !== null && struck !== "cut after" && struck.isDone !== true) return say(struck);
    const instead = struck === null || struck === "cut after" ? undefined : struck.instead;
    const sent = instead === undefined ? body : Buffer.from(instead(body.toString("utf8")));
    forward(target, incoming, sent, (answer, content) => {
      if (struck === "cut after") return void incoming.socket.destroy();
      if (struck !== null) return say(struck);
      outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, "content-length": content.length });
      outgoing.end(content);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    setFault(next) {
      fault = next;
    },
    seen,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  done: (answer: IncomingMessage, content: Buffer) => void,
): void {
  const { host, "transfer-encoding": _, ...rest } = headers;
  // Addresses the service names must lead through here too.
  const onward = { ...rest, ...(host === undefined ? {} : { host }), "content-length": String(body.length) };
  const outgoing = request(`${target}${url}`, { method: method ?? "GET", headers: onward }, async (answer) =>
    done(answer, await readBody(answer)),
  );
  outgoing.end(body);
}
