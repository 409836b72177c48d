/** What a device is, as people call it: it names itself by its system and processor, `linux x86_64`. */
import { coded } from "../words";

export function deviceName(label: string): string {
  const [system = ""] = label.trim().toLowerCase().split(/\s+/);
  return coded("device", system, label);
}
