import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { comesUp, goesAway, isCovered, isTopmost } from "../src/parts/sheets";

const below = { inert: false, toggleAttribute: (_: string, on: boolean) => (below.inert = on) };
beforeEach(() => vi.stubGlobal("document", { getElementById: () => below }));
afterEach(() => vi.unstubAllGlobals());

describe("sheets over each other", () => {
  it("are reached from the top, and the screen below when all are gone", () => {
    const [first, second] = [Symbol("first"), Symbol("second")];
    comesUp(first);
    comesUp(second);
    expect([isTopmost(first), isCovered(first), isTopmost(second), isCovered(second), below.inert]).toEqual([false, true, true, false, true]);
    goesAway(second);
    expect([isTopmost(first), isCovered(first), below.inert]).toEqual([true, false, true]);
    goesAway(first);
    goesAway(first);
    expect([isTopmost(first), below.inert]).toEqual([false, false]);
  });
});
