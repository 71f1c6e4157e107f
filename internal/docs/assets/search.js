// Search over the names of nodes, columns and tests, and over what is said of them.

const dialog = byId("search");
const query = byId("query");
const hits = byId("hits");
const mostHits = 60;
let places; // all that can be found
let active = -1;

function placesOf() {
  const all = [];
  for (const n of graph.nodes) all.push({ kind: n.kind, name: n.name, about: n.description, to: fragment("node", n.name), weight: 3 });
  for (const n of graph.nodes) {
    for (const c of n.columns) all.push({ kind: "column", name: c.name, of: n.name, about: c.description, to: fragment("node", n.name, c.name), weight: 2 });
  }
  for (const t of graph.tests) {
    all.push({ kind: "test", name: t.name, about: t.description || "expects " + t.expected, of: graph.nodes[t.node].name, to: fragment("test", t.name), weight: 1 });
  }
  for (const place of all) {
    place.low = place.name.toLowerCase();
    place.full = [place.of ? place.of + "." + place.low : place.low, place.about ?? ""].join(" ").toLowerCase();
  }
  return all;
}

// found are the places that have all words, the best first: names before what is said
// of them, beginnings before what is within.
function found(text) {
  places ??= placesOf();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return places.filter((p) => p.weight === 3);
  const score = (p) => {
    let sum = p.weight;
    for (const word of words) {
      const at = p.low.indexOf(word);
      if (p.low === word) sum += 100;
      else if (at === 0) sum += 60;
      else if (at > 0) sum += p.low[at - 1] === "_" ? 45 : 30;
      else if (p.full.includes(word)) sum += 8;
      else return 0;
    }
    return sum - p.low.length / 1000;
  };
  return places.map((p) => [score(p), p]).filter(([s]) => s > 0).sort(([a], [b]) => b - a).map(([, p]) => p);
}

// marked is a text with the words that were looked for.
function marked(text, words) {
  const escaped = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (escaped.length === 0) return [text];
  return text.split(new RegExp(`(${escaped.join("|")})`, "gi")).map((part, i) => (i % 2 ? make("mark", {}, part) : part));
}

function showHits() {
  const words = query.value.trim().split(/\s+/).filter(Boolean);
  const all = found(query.value);
  hits.replaceChildren(...all.slice(0, mostHits).map((p, i) => {
    const li = make("li", { role: "option", id: "hit-" + i, "aria-selected": "false" },
      make("span", { class: "kind" }, p.kind),
      make("span", { class: "what" }, ...(p.kind === "column" ? [p.of + "."] : []), ...marked(p.name, words)));
    if (p.about) li.append(make("span", { class: "about" }, ...marked(p.about, words)));
    li.addEventListener("click", () => go(p.to));
    li.addEventListener("pointermove", () => activate(i));
    return li;
  }));
  hits.scrollTop = 0;
  byId("hit-count").textContent = all.length === 0 ? "Nothing has all these words." : all.length > mostHits ? `The best ${mostHits} of ${all.length}` : plural(all.length, "place");
  activate(all.length ? 0 : -1);
}

function activate(i) {
  hits.children[active]?.setAttribute("aria-selected", "false");
  active = i;
  const hit = hits.children[i];
  if (!hit) {
    query.removeAttribute("aria-activedescendant");
    return;
  }
  hit.setAttribute("aria-selected", "true");
  query.setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}

function go(to) {
  dialog.close();
  if (location.hash === to) route();
  else location.hash = to;
}

function openSearch(text = "") {
  if (!dialog.open) dialog.showModal();
  query.value = text;
  showHits();
  query.focus();
}

query.addEventListener("input", showHits);
query.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const n = hits.children.length;
    if (n) activate((active + step + n) % n);
  } else if (event.key === "Enter") {
    event.preventDefault();
    hits.children[active]?.click();
  }
});
byId("find").addEventListener("click", () => openSearch());
byId("search-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea")) {
    event.preventDefault();
    openSearch();
  }
});
