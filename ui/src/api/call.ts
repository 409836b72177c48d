/**
 * The only file that knows how the screens reach the program: through the window's one IPC command, or over loopback
 * to `lianhu serve`. Everything else calls `call(name, args)` and hears `changed` and `step`.
 */
import { t } from "../words";
import type { AppError, Commands, Step, Touched } from "./bindings";

export type Name = keyof Commands;
export type Args<N extends Name> = Commands[N]["args"];
export type Answer<N extends Name> = Commands[N]["returns"];

/** What went wrong, as the program tells it; `sentence` is there for people without this code's own words. */
export type Trouble = AppError & { sentence?: string };

/** A workbook: where the program finds it, and what it is called. */
export interface Workbook {
  path: string;
  name: string;
}

interface Tauri {
  invoke(command: string, args?: Record<string, unknown> | Uint8Array, options?: { headers: Record<string, string> }): Promise<unknown>;
  transformCallback(heard: (event: { payload: unknown }) => void): number;
}

interface Transport {
  call(command: string, args: unknown): Promise<unknown>;
  listen(heard: Heard): void;
  /** Takes in a workbook the person chose. */
  handIn(file: File): Promise<Workbook>;
  /** Where a new workbook of this name is to be written. */
  target(name: string): Promise<Workbook>;
  /** Hands a written workbook to the person; answers where it lies, if that is a place a person can open. */
  give(book: Workbook): Promise<string | null>;
  /** Prints the page that stands into a file of this name and notes what it was; answers where it lies. None where the system's own dialog does it. */
  printSheet?: (what: string, name: string) => Promise<string>;
}

interface Heard {
  changed(touched: Touched[]): void;
  step(step: Step): void;
}

/** A transport failure that carries no code of its own. */
export function unreachable(detail: string): Trouble {
  return { code: "bug", detail };
}

export function isTrouble(error: unknown): error is Trouble {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string";
}

/** A file that was chosen may be gone by now: a stick is pulled out, a folder renamed. */
function bytesOf(file: File): Promise<ArrayBuffer> {
  return file.arrayBuffer().catch(() => {
    throw { code: "file", sentence: t("file.gone") } satisfies Trouble;
  });
}

function throughWindow(tauri: Tauri): Transport {
  const hand = async (name: string, bytes: Uint8Array): Promise<Workbook> => {
    const told = await tauri.invoke("call", bytes, { headers: { name: encodeURIComponent(name) } });
    return { path: (told as { path: string }).path, name };
  };
  return {
    call: (command, args) => tauri.invoke("call", { command, args }),
    listen(heard) {
      const tell = (payload: unknown) => {
        const told = payload as { touched?: Touched[]; step?: Step };
        if (told.touched) heard.changed(told.touched);
        if (told.step) heard.step(told.step);
      };
      const handler = tauri.transformCallback((event) => tell(event.payload));
      void tauri.invoke("plugin:event|listen", { event: "changed", target: { kind: "Any" }, handler });
    },
    handIn: async (file) => hand(file.name, new Uint8Array(await bytesOf(file))),
    target: (name) => hand(name, new Uint8Array()),
    // It lies among the downloads already.
    give: async (book) => book.path,
    printSheet: (globalThis as { __printsSheets?: boolean }).__printsSheets
      ? async (what, name) => ((await tauri.invoke("call", { sheet: { what, name } })) as { path: string }).path
      : undefined,
  };
}

/** Reads a stream of server-sent events; a header is needed, so the browser's own reader will not do. */
async function readEvents(token: string, heard: Heard): Promise<void> {
  const answer = await fetch("/events", { headers: { "x-lianhu-token": token } });
  const reader = answer.body?.getReader();
  if (!answer.ok || !reader) throw unreachable(`events ${answer.status}`);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) hear(event, heard);
  }
}

/** Tells one event apart: `event:` and `data:` lines. Anything else is a sign of life. */
export function hear(event: string, heard: Heard): void {
  const field = (name: string) =>
    event
      .split("\n")
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim())
      .join("\n");
  const data = field("data");
  if (!data) return;
  if (field("event") === "changed") heard.changed(JSON.parse(data) as Touched[]);
  if (field("event") === "step") heard.step(JSON.parse(data) as Step);
}

function overLoopback(): Transport {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const headers = { "x-lianhu-token": token };
  async function call(command: string, args: unknown): Promise<unknown> {
    const body = JSON.stringify({ command, args });
    const answer = await fetch("/call", { method: "POST", headers: { ...headers, "content-type": "application/json" }, body }).catch(
      () => {
        throw unreachable("lianhu serve");
      },
    );
    if (answer.status === 401 || answer.status === 421) throw unreachable("token");
    const told = (await answer.json()) as unknown;
    if (!answer.ok) throw isTrouble(told) ? told : unreachable(String(answer.status));
    return told;
  }
  async function place(name: string, body: Blob | null): Promise<Workbook> {
    const answer = await fetch(`/file/${encodeURIComponent(name)}`, { method: "POST", headers, body });
    if (!answer.ok) throw unreachable(`file ${answer.status}`);
    return { path: ((await answer.json()) as { path: string }).path, name };
  }
  return {
    call,
    listen(heard) {
      const again = () =>
        readEvents(token, heard)
          .catch(() => undefined)
          .then(() => setTimeout(() => void again(), 2000));
      void again();
    },
    handIn: (file) => place(file.name, file),
    target: (name) => place(name, null),
    async give(book) {
      const answer = await fetch(`/file/${encodeURIComponent(book.name)}`, { headers });
      if (!answer.ok) throw unreachable(`file ${answer.status}`);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = book.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      return null;
    },
  };
}

let chosen: Transport | undefined;

function transport(): Transport {
  const tauri = (globalThis as { __TAURI_INTERNALS__?: Tauri }).__TAURI_INTERNALS__;
  chosen ??= tauri ? throughWindow(tauri) : overLoopback();
  return chosen;
}

/** Forgets which way was taken; for tests. */
export function chooseAgain(): void {
  chosen = undefined;
}

/** Carries out one command. Throws a `Trouble`, never anything else. */
export async function call<N extends Name>(command: N, args: Args<N>): Promise<Answer<N>> {
  return asTrouble(transport().call(command, args)) as Promise<Answer<N>>;
}

async function asTrouble<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw isTrouble(error) ? error : unreachable(String(error));
  }
}

/** Hears what changes and how far long acts have come. */
export const listen = (heard: Heard): void => transport().listen(heard);
/** Takes in a workbook the person chose, so that the program can read it. */
export const handIn = (file: File): Promise<Workbook> => transport().handIn(file);
/** Where a new workbook of this name is to be written. */
export const newWorkbook = (name: string): Promise<Workbook> => transport().target(name);
/** Hands a written workbook to the person; answers where it lies, if that is a place a person can open. */
export const giveWorkbook = (book: Workbook): Promise<string | null> => transport().give(book);
/** Whether the page can be printed into a file from here; elsewhere the system's own dialog does it. */
export const canPrintSheets = (): boolean => transport().printSheet !== undefined;
/** Prints the page that stands into a file of this name, and notes what it was; answers where it lies. */
export const printSheet = (what: string, name: string): Promise<string> =>
  asTrouble(transport().printSheet?.(what, name) ?? Promise.reject(unreachable("printSheet")));
