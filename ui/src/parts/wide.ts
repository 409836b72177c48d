/** Whether the window has room for a list beside a detail: counted in type, so that large type gets the narrow screens. */
import { ref } from "vue";

/** So many times the size of the type. */
const ENOUGH = 55;
/** Under so many, lines that stand side by side elsewhere stand below each other. */
const TIGHT = 14;
const root = document.documentElement;

/** Under so many lines there is no room for a search that stays above its list. */
const LOW = 30;
/** Whether what stands above a list has to scroll away with it. */
export const low = ref(false);
export const wide = ref(measure());

function measure(): boolean {
  const type = Number.parseFloat(getComputedStyle(root).fontSize);
  const signs = innerWidth / type;
  const roomy = signs >= ENOUGH;
  low.value = innerHeight / type < LOW;
  root.classList.toggle("tight", signs < TIGHT);
  root.classList.toggle("roomy", roomy);
  return roomy;
}

/** As tall as the type: tells when the person or the system changes its size. */
const type = document.createElement("div");
type.style.cssText = "position:absolute;top:0;left:0;visibility:hidden;width:1rem;height:1rem";
type.setAttribute("aria-hidden", "true");
document.body.append(type);
new ResizeObserver(() => (wide.value = measure())).observe(type);
addEventListener("resize", () => (wide.value = measure()));
