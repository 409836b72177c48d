/** Reads the code of a slip from a picture, in the page itself: nothing leaves the device, no signal is needed. */

/** The longest side of the picture at each try: small ones are quick, large ones find a code far away. */
const SIDES = [800, 1400, 400];

/** The text of the QR code in the picture; none where there is none to be found. */
export async function readQr(picture: Blob): Promise<string | null> {
  const { default: find } = await import("jsqr");
  const image = await shown(picture);
  if (!image) return null;
  const canvas = document.createElement("canvas");
  const ground = canvas.getContext("2d", { willReadFrequently: true });
  for (const side of SIDES) {
    const scale = side / Math.max(image.naturalWidth, image.naturalHeight, 1);
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    if (!ground) return null;
    ground.fillStyle = "#fff";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.drawImage(image, 0, 0, canvas.width, canvas.height);
    const seen = ground.getImageData(0, 0, canvas.width, canvas.height);
    const found = find(seen.data, seen.width, seen.height);
    if (found?.data) return found.data;
  }
  return null;
}

function shown(picture: Blob): Promise<HTMLImageElement | null> {
  const address = URL.createObjectURL(picture);
  return new Promise((resolve) => {
    const image = new Image();
    const end = (read: HTMLImageElement | null) => {
      URL.revokeObjectURL(address);
      resolve(read);
    };
    image.onload = () => end(image);
    image.onerror = () => end(null);
    image.src = address;
  });
}
