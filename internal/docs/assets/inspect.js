// The inspector beside the drawing: the node or the column that is chosen.

const inspector = byId("inspector");

function inspect(state) {
  inspector.hidden = state.node === undefined;
  if (inspector.hidden) {
    inspector.replaceChildren();
    return;
  }
  inspector.scrollTop = 0;
  inspector.replaceChildren(...(state.column === undefined ? nodeWords(state.node) : columnWords(state)));
}

function closer() {
  return make("a", { class: "close", href: fragment("lineage"), title: "Let go (Escape)" }, make("span", { class: "unseen" }, "Let go"), make("span", { "aria-hidden": "true" }, "×"));
}

function nodeWords(i) {
  const n = graph.nodes[i];
  return [
    closer(),
    make("p", { class: "eyebrow" }, n.kind === "source" ? "source" : "model · " + graph.layers[n.layer]),
    make("h2", { class: "mono" }, ...breakable(n.name)),
    make("p", { class: "states" }, make("span", { class: "badge " + n.state }, sign(n.state), n.word), ...(n.rows ? [make("span", {}, n.rows)] : [])),
    ...(n.description ? [make("p", {}, n.description)] : []),
    make("p", { class: "links" }, make("a", { class: "button", href: fragment("node", n.name) }, "Open its page")),
    ...neighbours("Reads", n.reads),
    ...neighbours("Read by", readBy[i]),
    make("h3", {}, "Columns: pick one to see where it comes from"),
    make("ul", { class: "picks" }, ...n.columns.map((c) => make("li", {},
      make("a", { href: fragment("lineage", n.name, c.name) }, make("span", {}, ...breakable(c.name)), make("span", {}, c.type))))),
  ];
}

function neighbours(title, nodes) {
  if (nodes.length === 0) return [];
  return [
    make("h3", {}, title),
    make("ul", { class: "picks" }, ...nodes.map((i) => make("li", {},
      make("a", { href: fragment("lineage", graph.nodes[i].name) }, make("span", {}, ...breakable(graph.nodes[i].name)), make("span", {}, graph.layers[graph.nodes[i].layer]))))),
  ];
}

function columnWords({ node, column, reach }) {
  const n = graph.nodes[node];
  const c = n.columns[column];
  const readers = columnReadBy[node][column];
  return [
    closer(),
    make("p", { class: "eyebrow" }, "column · " + c.type),
    make("h2", { class: "mono" }, ...breakable(c.name)),
    make("p", { class: "in" }, "of ", make("a", { class: "mono", href: fragment("lineage", n.name) }, ...breakable(n.name))),
    ...(c.description ? [make("p", {}, c.description)] : []),
    make("p", { class: "links" }, make("a", { class: "button", href: fragment("node", n.name, c.name) }, "Open its page")),
    make("h3", {}, c.reads ? "How it comes about" : n.kind === "source" ? "It is as the source has it" : "It rests on no column"),
    way(columnPath(node, column, { up: true })),
    ...(readers.length ? [make("h3", {}, "What is made of it"), make("ul", { class: "picks" }, ...readers.map(([i, k]) => make("li", {},
      make("a", { href: fragment("lineage", graph.nodes[i].name, graph.nodes[i].columns[k].name) },
        make("span", {}, ...breakable(graph.nodes[i].columns[k].name)), make("span", {}, graph.nodes[i].name)))))] : []),
  ];
}

// way lists the columns that one is made of, itself first, with their expressions.
function way(path) {
  const steps = [...path.columns].flatMap(([i, columns]) => columns.map((k) => [i, k]));
  steps.sort(([a], [b]) => graph.nodes[b].column - graph.nodes[a].column);
  return make("ol", { class: "way" }, ...steps.map(([i, k]) => {
    const n = graph.nodes[i];
    const expression = byId(`/node/${n.name}/${n.columns[k].name}`)?.querySelector(".expr code");
    const li = make("li", {}, make("a", { class: "mono", href: fragment("lineage", n.name, n.columns[k].name) }, ...breakable(n.columns[k].name)),
      make("p", { class: "in" }, n.name));
    if (expression) li.append(expression.cloneNode(true));
    else if (n.kind === "model") li.append(make("p", { class: "in" }, "handed on as it is"));
    return li;
  }));
}
