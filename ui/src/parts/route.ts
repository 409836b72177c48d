/** Where the person is: the part after `#`, so that Back works everywhere and nothing is stored. */
import { computed, ref } from "vue";

const here = ref(read());

function read(): string {
  return location.hash.replace(/^#\/?/, "");
}

/** Steps taken since the screens opened: what Back can go back to. */
let steps = 0;

/** Which screen stood before this one; none on the first. */
let before = "";
export const cameFrom = (): string => before;
function stand(): void {
  const was = here.value;
  [here.value, free] = [read(), null];
  if (was.split("?")[0] !== here.value.split("?")[0]) before = was;
}

/** Asked before the screen is left; true holds back, and whoever asked goes on by `leaveFor` later. */
let held: ((to: string) => boolean) | null = null;
export function holdBack(ask: ((to: string) => boolean) | null): void {
  held = ask;
}
/** Where one may go this once, whatever was to be asked. */
let free: string | null = null;
export function leaveFor(to: string): void {
  free = to;
  go(to);
}

addEventListener("hashchange", () => {
  if (read() !== here.value && read() !== free && held?.(read())) {
    history.replaceState(null, "", `#/${here.value}`);
    return;
  }
  steps += 1;
  stand();
});

/** The address as parts and as the query behind `?`. */
export const route = computed(() => {
  const [path = "", query = ""] = here.value.split("?");
  return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query), path };
});

export function go(to: string): void {
  location.hash = `#/${to}`;
}

/** Goes there without leaving a step behind. */
export function replace(to: string): void {
  if (to !== here.value && held?.(to)) return;
  history.replaceState(null, "", `#/${to}`);
  stand();
}

export function back(otherwise: string): void {
  if (steps > 0) history.back();
  else replace(otherwise);
}

/** The figure asked for in the address, whose own text holds `?` and `&`. */
export function figureAsked(): string {
  const raw = location.hash.split("?").slice(1).join("?");
  return decodeURIComponent(raw);
}
