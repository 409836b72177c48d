/** Which sheets are open, the topmost last: it alone hears Esc and can be reached, and the screen below is still. */
import { shallowRef } from "vue";

export type Opened = symbol;
const open = shallowRef<readonly Opened[]>([]);

function stand(now: readonly Opened[]): void {
  open.value = now;
  document.getElementById("app")?.toggleAttribute("inert", now.length > 0);
}
export function comesUp(one: Opened): void {
  stand([...open.value.filter((other) => other !== one), one]);
}
export function goesAway(one: Opened): void {
  if (open.value.includes(one)) stand(open.value.filter((other) => other !== one));
}
export function isTopmost(one: Opened): boolean {
  return open.value[open.value.length - 1] === one;
}
/** Whether another sheet lies over this one. */
export function isCovered(one: Opened): boolean {
  return open.value.includes(one) && !isTopmost(one);
}
