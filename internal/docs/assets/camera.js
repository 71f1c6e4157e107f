// The camera over the drawing: pan, zoom, fit.

const canvas = byId("canvas");
const world = byId("world");
const camera = { x: 0, y: 0, k: 1, moved: () => {} };
const smallest = 0.04;
const largest = 2.5;
const nearFrom = 0.8; // from here on cards are as they are
const midFrom = 0.5; // from here on names are written; below nodes are blocks

function clamp(value, lo, hi) {
  return Math.min(hi, Math.max(lo, value));
}

function look(x, y, k, glide = false) {
  Object.assign(camera, { x, y, k });
  world.classList.toggle("gliding", glide);
  world.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
  world.style.setProperty("--k", k);
  canvas.classList.toggle("mid", k < nearFrom && k >= midFrom);
  canvas.classList.toggle("far", k < midFrom);
  camera.moved();
}

// zoomAt zooms and leaves the point at (x, y) of the canvas where it is.
function zoomAt(x, y, factor, glide) {
  const k = clamp(camera.k * factor, smallest, largest);
  look(x - ((x - camera.x) * k) / camera.k, y - ((y - camera.y) * k) / camera.k, k, glide);
}

function zoomMiddle(factor) {
  zoomAt(canvas.clientWidth / 2, canvas.clientHeight / 2, factor, true);
}

// room is the part of the canvas that nothing lies over.
function room() {
  const beside = byId("inspector");
  const covered = beside.hidden || getComputedStyle(beside).position !== "absolute" ? 0 : beside.offsetWidth + 16;
  return { left: 28, top: 56, right: canvas.clientWidth - covered - 28, bottom: canvas.clientHeight - 72 };
}

function fitScale(box) {
  const r = room();
  return clamp(Math.min((r.right - r.left) / box.width, (r.bottom - r.top) / box.height), smallest, 1);
}

// fit shows the whole of a box, or at a scale of one's own its middle.
function fit(box, k = fitScale(box)) {
  const r = room();
  look((r.left + r.right - box.width * k) / 2 - box.x * k, (r.top + r.bottom - box.height * k) / 2 - box.y * k, k);
}

// reveal moves a box into the room where it is not.
function reveal(box) {
  const r = room();
  const left = box.x * camera.k + camera.x;
  const top = box.y * camera.k + camera.y;
  const shift = (low, high) => (low > 0 ? low : high < 0 ? high : 0);
  const sx = shift(r.left - left, r.right - left - box.width * camera.k);
  const sy = shift(r.top - top, r.bottom - top - box.height * camera.k);
  if (sx || sy) look(camera.x + sx, camera.y + sy, camera.k, true);
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomAt(...point(event), Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : event.ctrlKey ? 0.01 : 0.0018)));
}, { passive: false });

// One pointer drags, two pinch. A drag that began on a card does not follow its link.
const pointers = new Map();
let dragged = false;

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.closest(".minimap")) return;
  pointers.set(event.pointerId, point(event));
  dragged = false;
});

addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const now = point(event);
  if (!dragged && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
  dragged = true;
  canvas.classList.add("moving");
  const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  if (others.length > 0) {
    const [other] = others;
    const span = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]);
    zoomAt((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, span(now) / Math.max(1, span(before)));
  } else {
    look(camera.x + now[0] - before[0], camera.y + now[1] - before[1], camera.k);
  }
  pointers.set(event.pointerId, now);
});

function release(event) {
  pointers.delete(event.pointerId);
  if (pointers.size === 0) canvas.classList.remove("moving");
}
addEventListener("pointerup", release);
addEventListener("pointercancel", release);
canvas.addEventListener("click", (event) => {
  if (dragged) event.preventDefault();
}, true);
canvas.addEventListener("dragstart", (event) => event.preventDefault());

byId("zoom-in").addEventListener("click", () => zoomMiddle(1.3));
byId("zoom-out").addEventListener("click", () => zoomMiddle(1 / 1.3));
