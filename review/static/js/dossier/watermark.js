// Who reads and when, drawn into the pixels of each page: a photograph or a saved picture of the
// page tells where it came from. Pale enough to read through, too dense to cut around.

const ANGLE = -Math.PI / 7;
const INK = "rgb(31 78 140 / 13%)";
const SIZE = 15; // CSS pixels on a page of the usual width
const USUAL_WIDTH = 600;

export function drawWatermark(canvas, text, ratio) {
  if (!text) return;
  const ink = canvas.getContext("2d");
  const size = SIZE * ratio * Math.max(0.7, canvas.width / ratio / USUAL_WIDTH);
  ink.save();
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.font = `${size}px sans-serif`;
  ink.fillStyle = INK;
  ink.translate(canvas.width / 2, canvas.height / 2);
  ink.rotate(ANGLE);
  const reach = Math.hypot(canvas.width, canvas.height) / 2;
  const step = ink.measureText(text).width + 5 * size;
  let row = 0;
  for (let y = -reach; y < reach; y += 9 * size) {
    row += 1;
    for (let x = -reach - (row % 2) * step / 2; x < reach; x += step) ink.fillText(text, x, y);
  }
  ink.restore();
}
