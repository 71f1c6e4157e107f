// The lineage view: what is chosen, what of the graph is shown and lit, and the keys.

// chosen is a node, or a column of one; reach says which way it lights up, of a node
// and of a column; only leaves out all that is not lit, which is so from the start
// where the whole graph is too large to be read at once.
const chosen = { node: undefined, column: undefined, only: undefined, reach: { node: { up: true, down: true }, column: { up: true, down: false } } };
let drawn; // what of it the drawing shows

function reachNow() {
  return chosen.reach[chosen.column === undefined ? "node" : "column"];
}

// showLineage chooses a node or a column, and draws what is to be seen of it.
function showLineage(node, column) {
  chosen.only ??= !legible(arrange(graph.nodes.map((_, i) => i), () => cardHeight));
  Object.assign(chosen, { node, column });
  const reach = reachNow();
  inspect({ node, column, reach });
  const lit = litNodes(reach);
  const path = column === undefined ? undefined : columnPath(node, column, reach);
  const shown = graph.nodes.map((_, i) => i).filter((i) => (path ? path.columns.has(i) : !(chosen.only && lit.size) || lit.has(i)));
  const key = [shown.join(), path ? node + "." + column : ""].join(";");
  if (key !== drawn) {
    draw(shown, path);
    drawn = key;
    open();
  } else if (node !== undefined) {
    reveal(boxOf(node));
  }
  light(lit, path);
  showReach(reach);
  const start = scene.items.has(node) ? node : shown[0];
  if (start !== undefined) rove(elementOf(start, column) ?? elementOf(start));
}

function litNodes(reach) {
  if (chosen.node === undefined) return new Set();
  return new Set([chosen.node, ...(reach.up ? upstream(chosen.node) : []), ...(reach.down ? downstream(chosen.node) : [])]);
}

function light(lit, path) {
  canvas.classList.toggle("dimming", lit.size > 0 && !path);
  for (const [i, li] of scene.cards) {
    const on = path ? path.columns.has(i) : lit.has(i);
    li.classList.toggle("lit", on);
    li.classList.toggle("named", i === chosen.node);
    li.block.classList.toggle("lit", on);
    const link = li.querySelector(".card");
    link.classList.toggle("lit", on && !path);
    link.classList.toggle("chosen", i === chosen.node);
    link.href = i === chosen.node && !path ? fragment("node", graph.nodes[i].name) : fragment("lineage", graph.nodes[i].name);
    if (i === chosen.node) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    for (const c of li.querySelectorAll(".card-columns a")) c.classList.toggle("chosen", i === chosen.node && Number(c.dataset.column) === chosen.column);
  }
  const { up, down } = reachNow();
  const above = chosen.node === undefined || !up ? new Set() : upstream(chosen.node);
  const below = chosen.node === undefined || !down ? new Set() : downstream(chosen.node);
  for (const { line, route } of scene.lines) {
    const within = (set) => set.has(route.from.node) && set.has(route.to.node);
    line.classList.toggle("lit", within(above) || within(below));
  }
}

function showReach(reach) {
  for (const button of byId("reach").children) {
    button.disabled = chosen.node === undefined;
    button.setAttribute("aria-pressed", String(reach[button.dataset.reach]));
  }
  byId("only").disabled = chosen.node === undefined || chosen.column !== undefined;
  byId("only").setAttribute("aria-pressed", String(chosen.only));
}

// legible says whether names can be read where a whole drawing is seen.
function legible(drawing) {
  return fitScale({ x: 0, y: 0, ...drawing }) >= midFrom;
}

// open shows a drawing that is new: all of it where that can be read, or else a part.
function open() {
  const whole = { x: 0, y: 0, width: scene.width, height: scene.height };
  if (legible(scene)) {
    fit(whole);
    return;
  }
  const k = nearFrom + 0.05;
  const r = room();
  if (chosen.node !== undefined && scene.items.has(chosen.node)) {
    fit(boxOf(chosen.node), k);
    return;
  }
  const rows = [...scene.items.values()].filter((item) => item.column === 0).map(middle).sort((a, b) => a - b);
  const row = rows[Math.floor(rows.length / 2)] ?? 0;
  look(r.left, (r.top + r.bottom) / 2 - row * k, k);
}

function boxOf(i) {
  const item = scene.items.get(i);
  return item ? { x: item.x, y: item.y, width: cardWidth, height: item.height } : { x: 0, y: 0, width: 1, height: 1 };
}

function fitAll() {
  fit({ x: 0, y: 0, width: scene.width, height: scene.height });
}

byId("fit").addEventListener("click", fitAll);

for (const button of byId("reach").children) {
  button.addEventListener("click", () => {
    const reach = reachNow();
    reach[button.dataset.reach] = !reach[button.dataset.reach];
    showLineage(chosen.node, chosen.column);
  });
}

byId("only").addEventListener("click", () => {
  chosen.only = !chosen.only;
  showLineage(chosen.node, chosen.column);
});

byId("as-table").addEventListener("click", () => {
  const table = byId("textual");
  table.open = true;
  table.scrollIntoView();
  table.querySelector("summary").focus({ preventScroll: true });
});

// letGo goes back from a column to its node, and from a node to nothing.
function letGo() {
  location.hash = chosen.column === undefined ? fragment("lineage") : fragment("lineage", graph.nodes[chosen.node].name);
}

canvas.addEventListener("click", (event) => {
  if (!dragged && chosen.node !== undefined && event.target === canvas) letGo();
});

// Keys. One card, or one column of one, is in the order of the tab key; the arrows
// lead from it along the edges.

function elementOf(i, column) {
  const li = scene.cards.get(i);
  return column === undefined ? li?.querySelector(".card") : li?.querySelector(`[data-column="${column}"]`);
}

function rove(element, focus = false) {
  for (const other of byId("cards").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  if (!element) return;
  element.tabIndex = 0;
  if (focus) {
    element.focus({ preventScroll: true });
    reveal(boxOf(Number(element.dataset.node)));
  }
}

byId("cards").addEventListener("focusin", (event) => {
  const link = event.target.closest("a");
  if (link) rove(link);
  canvas.scrollTo(0, 0); // the camera moves, the canvas never
});

// besides are the nodes an arrow leads to, the nearest first.
function besides(i, key) {
  const here = scene.items.get(i);
  const near = (all) => all.filter((n) => scene.items.has(n)).sort((a, b) => Math.abs(middle(scene.items.get(a)) - middle(here)) - Math.abs(middle(scene.items.get(b)) - middle(here)));
  const column = [...scene.items.values()].filter((item) => item.column === here.column);
  switch (key) {
    case "ArrowLeft": return near(graph.nodes[i].reads);
    case "ArrowRight": return near(readBy[i]);
    case "ArrowUp": return near(column.filter((item) => item.y < here.y).map((item) => item.node));
    case "ArrowDown": return near(column.filter((item) => item.y > here.y).map((item) => item.node));
  }
  return [];
}

// besideColumn is where an arrow leads from a column: along the steps, or up and down
// in its card and on to the next one.
function besideColumn(i, k, key) {
  const all = [...byId("cards").querySelectorAll("[data-column]")].filter((a) => scene.items.get(Number(a.dataset.node)).column === scene.items.get(i).column);
  const at = all.indexOf(elementOf(i, k));
  const first = (steps) => steps.map(([n, c]) => elementOf(n, c)).find(Boolean);
  switch (key) {
    case "ArrowLeft": return first(columnReads(i, k));
    case "ArrowRight": return first(columnReadBy[i][k]);
    case "ArrowUp": return all[at - 1] ?? elementOf(i);
    case "ArrowDown": return all[at + 1];
  }
  return undefined;
}

function follow(link, key) {
  const i = Number(link.dataset.node);
  if (link.dataset.column !== undefined) return besideColumn(i, Number(link.dataset.column), key);
  if (key === "ArrowDown" && scene.path) return elementOf(i, scene.path.columns.get(i)[0]);
  const [next] = besides(i, key);
  return next === undefined ? undefined : elementOf(next);
}

canvas.addEventListener("keydown", (event) => {
  const link = event.target.closest("[data-node]");
  if (!link || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const next = follow(link, event.key);
  if (next) rove(next, true);
});

const keys = {
  "+": () => zoomMiddle(1.3),
  "=": () => zoomMiddle(1.3),
  "-": () => zoomMiddle(1 / 1.3),
  f: fitAll,
  u: () => byId("reach").children[0].click(),
  d: () => byId("reach").children[1].click(),
  o: () => byId("only").click(),
};

addEventListener("keydown", (event) => {
  const view = byId("/lineage");
  if (!view.classList.contains("shown") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target !== document.body && !view.contains(event.target)) return;
  if (event.key === "Escape" && chosen.node !== undefined) {
    event.preventDefault();
    letGo();
    return;
  }
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// Paper is of another size than the screen: all of the drawing is fitted onto it.
matchMedia("print").addEventListener("change", (event) => {
  if (!byId("/lineage").classList.contains("shown")) return;
  if (event.matches) fitAll();
  else open();
});

new ResizeObserver(() => camera.moved()).observe(canvas);
