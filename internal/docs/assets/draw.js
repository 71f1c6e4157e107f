// The drawing: cards over edges, the names of the layers above, a map in the corner.

// scene is what is drawn: where the nodes stand, and the elements that show them.
let scene = { items: new Map(), routes: [], width: 1, height: 1, cards: new Map(), lines: [] };

const headHeight = 44;
const lineHeight = 26;

// draw shows some nodes; columns are, where the way of a column is shown, those on
// the way by node, and steps lead from one to the next.
function draw(shown, path) {
  const heightOf = path ? (i) => headHeight + 11 + lineHeight * path.columns.get(i).length : () => cardHeight;
  scene = { ...arrange(shown, heightOf), cards: new Map(), lines: [], path };
  const cards = byId("cards");
  cards.classList.toggle("with-columns", Boolean(path));
  cards.replaceChildren(...shown.map((i) => card(i, path)));
  const edges = byId("edges");
  edges.replaceChildren(...(path ? stepLines(path) : scene.routes.map(edgeLine)));
  drawBands();
  drawMinimap();
}

function card(i, path) {
  const n = graph.nodes[i];
  const item = scene.items.get(i);
  const link = make("a", {
    class: "card " + n.state, href: fragment("lineage", n.name), tabindex: "-1", title: n.name,
  }, sign(n.state), make("span", { class: "name" }, ...breakable(n.name)));
  link.dataset.node = i;
  const note = n.rows || (n.state === "none" ? plural(n.columns.length, "column") : n.word);
  if (!path) link.append(make("span", { class: "note" }, note));
  link.append(make("span", { class: "unseen" }, cardWords(i)));
  const li = make("li", {}, link);
  if (path) li.append(cardColumns(i, path));
  Object.assign(li.style, { left: item.x + "px", top: item.y + "px", width: cardWidth + "px", height: item.height + "px" });
  scene.cards.set(i, li);
  return li;
}

// cardWords is what a card says besides to those who do not see it.
function cardWords(i) {
  const n = graph.nodes[i];
  const reads = n.reads.length ? "reads " + n.reads.map((r) => graph.nodes[r].name).join(", ") : "reads no other node";
  return ["", graph.layers[n.layer], n.word, reads, "read by " + plural(readBy[i].length, "node")].join("; ");
}

function cardColumns(i, path) {
  const n = graph.nodes[i];
  return make("ul", { class: "card-columns" }, ...path.columns.get(i).map((k) => {
    const c = n.columns[k];
    const link = make("a", { href: fragment("lineage", n.name, c.name), tabindex: "-1", title: c.description },
      make("span", {}, c.name), make("span", {}, c.type));
    link.dataset.node = i;
    link.dataset.column = k;
    return make("li", {}, link);
  }));
}

function edgeLine(route) {
  const line = makeSVG("path", { d: curve(route, middle(route.from), middle(route.to)) });
  line.dataset.edge = graph.nodes[route.from.node].name + " " + graph.nodes[route.to.node].name;
  scene.lines.push({ line, route });
  return line;
}

// stepLines lead from column to column.
function stepLines(path) {
  const lineY = (i, k) => scene.items.get(i).y + headHeight + 6 + lineHeight * (path.columns.get(i).indexOf(k) + 0.5);
  const routes = new Map(scene.routes.map((r) => [r.from.node + " " + r.to.node, r]));
  return path.steps.map(([[from, k], [to, l]]) => {
    const line = makeSVG("path", { class: "lit", d: curve(routes.get(from + " " + to), lineY(from, k), lineY(to, l)) });
    line.dataset.step = `${graph.nodes[from].name}.${graph.nodes[from].columns[k].name} ${graph.nodes[to].name}.${graph.nodes[to].columns[l].name}`;
    return line;
  });
}

// drawBands writes the name of each layer over its columns.
function drawBands() {
  const layers = new Map();
  for (const [i, item] of scene.items) {
    const layer = layers.get(graph.nodes[i].layer) ?? { from: Infinity, to: -Infinity, count: 0 };
    layers.set(graph.nodes[i].layer, { from: Math.min(layer.from, item.x), to: Math.max(layer.to, item.x + cardWidth), count: layer.count + 1 });
  }
  scene.bands = [...layers].map(([layer, band]) => ({ ...band, element: make("span", {}, graph.layers[layer] + " ", make("small", {}, String(band.count))) }));
  byId("bands").replaceChildren(...scene.bands.map((b) => b.element));
}

function moveBands() {
  let end = -Infinity;
  for (const band of [...(scene.bands ?? [])].sort((a, b) => a.from - b.from)) {
    const x = ((band.from + band.to) / 2) * camera.k + camera.x;
    const half = band.element.offsetWidth / 2;
    band.element.style.left = x + "px";
    band.element.style.visibility = x - half < end ? "hidden" : "";
    if (x - half >= end) end = x + half;
  }
}

function drawMinimap() {
  const map = byId("minimap");
  map.setAttribute("viewBox", `-40 -40 ${scene.width + 80} ${scene.height + 80}`);
  const blocks = [...scene.items].map(([i, item]) => {
    const block = makeSVG("rect", { class: graph.nodes[i].state, x: item.x, y: item.y, width: cardWidth, height: item.height, rx: 8 });
    scene.cards.get(i).block = block;
    return block;
  });
  map.replaceChildren(...blocks, makeSVG("rect", { class: "window", x: 0, y: 0, width: 0, height: 0 }));
}

function moveWindow() {
  const frame = byId("minimap").querySelector(".window");
  if (!frame) return;
  const box = { x: -camera.x / camera.k, y: -camera.y / camera.k, width: canvas.clientWidth / camera.k, height: canvas.clientHeight / camera.k };
  for (const [name, value] of Object.entries(box)) frame.setAttribute(name, value);
  const all = box.x <= 0 && box.y <= 0 && box.x + box.width >= scene.width && box.y + box.height >= scene.height;
  byId("minimap").classList.toggle("idle", all);
}

camera.moved = () => {
  moveBands();
  moveWindow();
};

byId("minimap").addEventListener("pointerdown", (event) => {
  const map = byId("minimap");
  const go = (at) => {
    const p = new DOMPoint(at.clientX, at.clientY).matrixTransform(map.getScreenCTM().inverse());
    look(canvas.clientWidth / 2 - p.x * camera.k, canvas.clientHeight / 2 - p.y * camera.k, camera.k);
  };
  go(event);
  map.setPointerCapture(event.pointerId);
  map.onpointermove = go;
  map.onpointerup = () => { map.onpointermove = null; };
});
