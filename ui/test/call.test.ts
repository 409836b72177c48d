import { afterEach, describe, expect, it, vi } from "vitest";
import { call, chooseAgain, hear } from "../src/api/call";

afterEach(() => {
  vi.unstubAllGlobals();
  chooseAgain();
});

/** A browser page opened with a token, whose server answers this. */
function page(answer: { status: number; body: unknown }): ReturnType<typeof vi.fn> {
  const asked = vi.fn(async () => new Response(JSON.stringify(answer.body), { status: answer.status }));
  vi.stubGlobal("location", { search: "?token=secret" });
  vi.stubGlobal("fetch", asked);
  return asked;
}

describe("a call", () => {
  it("goes over loopback with the token in a header", async () => {
    const asked = page({ status: 200, body: { language: "en" } });
    expect(await call("preferences", {})).toEqual({ language: "en" });
    const [to, how] = asked.mock.calls[0] as [string, RequestInit];
    expect(to).toBe("/call");
    expect((how.headers as Record<string, string>)["x-lianhu-token"]).toBe("secret");
    expect(JSON.parse(String(how.body))).toEqual({ command: "preferences", args: {} });
  });

  it("goes through the window's one command where there is a window", async () => {
    const invoke = vi.fn(async () => 7);
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
    expect(await call("preferences", {})).toBe(7);
    expect(invoke).toHaveBeenCalledWith("call", { command: "preferences", args: {} });
  });

  it("throws what the program says went wrong", async () => {
    page({ status: 422, body: { code: "offline", sentence: "…" } });
    await expect(call("exchange", {})).rejects.toMatchObject({ code: "offline" });
  });

  it("never throws anything without a code", async () => {
    page({ status: 401, body: "wrong token" });
    await expect(call("status", {})).rejects.toMatchObject({ code: "bug" });
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no line")));
    chooseAgain();
    await expect(call("status", {})).rejects.toMatchObject({ code: "bug" });
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke: async () => Promise.reject("no such command") });
    chooseAgain();
    await expect(call("status", {})).rejects.toMatchObject({ code: "bug" });
  });
});

describe("the event stream", () => {
  it("tells changes and steps apart and takes anything else for a sign of life", () => {
    const changed = vi.fn();
    const step = vi.fn();
    hear('event: changed\ndata: [{"what":"household","id":"x"}]', { changed, step });
    hear('event: step\ndata: {"what":"exchange","done":3,"total":0}', { changed, step });
    hear(": keep-alive", { changed, step });
    expect(changed.mock.calls).toEqual([[[{ what: "household", id: "x" }]]]);
    expect(step.mock.calls).toEqual([[{ what: "exchange", done: 3, total: 0 }]]);
  });
});
