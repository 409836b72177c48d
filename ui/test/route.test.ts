import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

/** As much of a window as an address needs. */
const listeners: (() => void)[] = [];
const place = { hash: "#/slips" };
const moved = (to: string) => {
  place.hash = `#/${to}`;
  listeners.forEach((tell) => tell());
};
let route: typeof import("../src/parts/route");

beforeAll(async () => {
  vi.stubGlobal("location", place);
  vi.stubGlobal("history", { replaceState: (_: unknown, __: string, to: string) => (place.hash = to) });
  vi.stubGlobal("addEventListener", (_: string, tell: () => void) => listeners.push(tell));
  route = await import("../src/parts/route");
});
afterEach(() => route.holdBack(null));

describe("a screen that asks before it is left", () => {
  it("stays, with its address, and goes on when it is told to", () => {
    const asked: string[] = [];
    route.holdBack((to) => asked.push(to) > 0);
    moved("entrust");
    expect([asked, place.hash, route.route.value.path]).toEqual([["entrust"], "#/slips", "slips"]);
    route.replace("households");
    expect(route.route.value.path).toBe("slips");
    route.leaveFor("entrust");
    moved("entrust");
    expect(route.route.value.path).toBe("entrust");
    moved("slips");
    expect(route.route.value.path, "it is asked again the next time").toBe("entrust");
  });

  it("knows from where one came, and on the first screen from nowhere", () => {
    expect(route.cameFrom()).toBe("slips");
    moved("entrust?person=1");
    expect(route.cameFrom(), "the same screen").toBe("slips");
  });

  it("lets go where there is nothing to ask", () => {
    route.holdBack(() => false);
    moved("people");
    expect(route.route.value.path).toBe("people");
  });
});
