import { effectScope } from "vue";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseAgain } from "../src/api/call";
import { askAhead, forgetAhead, useAsk } from "../src/api/live";

afterEach(() => {
  forgetAhead();
  vi.unstubAllGlobals();
  chooseAgain();
});

/** A window that answers every command with how often it was asked, or with a trouble. */
function window(trouble?: unknown): ReturnType<typeof vi.fn> {
  let times = 0;
  const invoke = vi.fn(async () => {
    times += 1;
    if (trouble) throw trouble;
    return times;
  });
  vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
  return invoke;
}
const screen = () => effectScope().run(() => useAsk("tidings", () => ({})))!;

describe("what is asked before its screen stands", () => {
  it("is not asked again by the screen, and is asked anew by the next", async () => {
    const invoke = window();
    await askAhead("tidings", {});
    const first = screen();
    await first.first;
    expect([first.data.value, invoke.mock.calls.length]).toEqual([1, 1]);
    const second = screen();
    await second.first;
    expect([second.data.value, invoke.mock.calls.length]).toEqual([2, 2]);
  });

  it("tells the screen what went wrong", async () => {
    window({ code: "locked" });
    await askAhead("tidings", {});
    const asked = screen();
    await asked.first;
    expect([asked.data.value, asked.trouble.value]).toMatchObject([null, { code: "locked" }]);
  });

  it("is old once it was left lying", async () => {
    const invoke = window();
    await askAhead("tidings", {});
    forgetAhead();
    const asked = screen();
    await asked.first;
    expect([asked.data.value, invoke.mock.calls.length]).toEqual([2, 2]);
  });

  it("is asked for other arguments by itself", async () => {
    const invoke = window();
    await askAhead("written_lately", { most: 5 });
    const asked = effectScope().run(() => useAsk("written_lately", () => ({ most: 60 })))!;
    await asked.first;
    expect([asked.data.value, invoke.mock.calls.length]).toEqual([2, 2]);
  });
});
