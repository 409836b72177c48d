/** The kinds of roles: what this county calls them, which of them are given for a place. */
import { computed, effectScope } from "vue";
import { useAsk } from "../api/live";
import { coded } from "../words";

const asked = effectScope(true).run(() => useAsk("role_kinds", () => ({})))!;
export const kinds = computed(() => asked.data.value ?? []);
/** What a kind is called: the county's word, else the screens' own, else its code. */
export const sayRole = (code: string): string => kinds.value.find((one) => one.code === code)?.name ?? coded("role", code);
export const needsPlace = (code: string | undefined): boolean => {
  const reach = kinds.value.find((one) => one.code === code)?.reach;
  return reach === "area" || reach === "directs";
};
/** The kinds that somebody of this reach may give. */
export const givable = (county: boolean) => kinds.value.filter((one) => county || one.reach === "entrusted" || one.reach === "area");
