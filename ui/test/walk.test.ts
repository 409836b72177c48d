import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseAgain } from "../src/api/call";
import { beginFirstWalk, beginWalk, endWalk, rememberWalk, walking } from "../src/parts/walk";

const invoke = vi.fn(async (_command: string, _args: unknown) => ({}));

beforeEach(() => vi.stubGlobal("__TAURI_INTERNALS__", { invoke }));
afterEach(() => {
  vi.unstubAllGlobals();
  invoke.mockClear();
  chooseAgain();
  walking.value = null;
});

describe("the first walk", () => {
  it("begins by itself on a device that has not seen it, once", async () => {
    rememberWalk(undefined);
    beginFirstWalk();
    expect(walking.value).toBe(0);
    await endWalk();
    expect(invoke).toHaveBeenCalledWith("call", { command: "prefer", args: { key: "walk", value: "done" } });
    beginFirstWalk();
    expect(walking.value).toBeNull();
  });

  it("is not shown to whoever has seen it, unless they ask", () => {
    rememberWalk("done");
    beginFirstWalk();
    expect(walking.value).toBeNull();
    beginWalk();
    expect(walking.value).toBe(0);
  });

  it("ends though the device cannot keep that it was seen", async () => {
    rememberWalk(undefined);
    beginWalk();
    invoke.mockRejectedValueOnce({ code: "disk_full" });
    await endWalk();
    expect(walking.value).toBeNull();
  });
});
