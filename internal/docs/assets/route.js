// The address: what stands behind # says what is shown, so that any view can be shared.
//
//   #/overview   #/lineage   #/lineage/NODE   #/lineage/NODE/COLUMN   #/tests
//   #/node/NODE  #/node/NODE/COLUMN   #/test/TEST   #/search/WORDS
//
// Where an element has the same id the browser finds it without this script, too.

function route() {
  const parts = location.hash.slice(2).split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  const [kind, name, column] = parts;
  openMenu(false);
  switch (kind) {
    case "node": return showNode(name, column);
    case "test": return showTest(name);
    case "lineage": return showGraph(name, column);
    case "tests": return show("/tests", "Tests");
    case "search":
      show("/overview");
      return openSearch(name ?? "");
  }
  show("/overview");
}

// show shows one view, and says where one is.
function show(id, title) {
  const view = byId(id);
  for (const other of document.querySelectorAll(".view.shown")) {
    if (other !== view) other.classList.remove("shown");
  }
  const fresh = !view.classList.contains("shown");
  view.classList.add("shown");
  document.body.classList.toggle("wide", id === "/lineage");
  document.title = (title ? title + " · " : "") + byId("overview-title").textContent;
  const here = fragment(...id.slice(1).split("/"));
  for (const link of document.querySelectorAll(".places a, .sidebar a")) {
    if (link.getAttribute("href") === here) {
      link.setAttribute("aria-current", "page");
      if (fresh) link.scrollIntoView({ block: "nearest" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
  if (fresh) {
    scrollTo(0, 0);
    if (routed) view.focus({ preventScroll: true });
  }
  routed = true;
}

let routed = false; // something was shown before

function showNode(name, column) {
  const id = "/node/" + name;
  if (!nodeNumber.has(name)) return show("/overview");
  show(id, name);
  if (column) spot(byId(id + "/" + column));
}

function showTest(name) {
  const test = graph.tests.find((t) => t.name === name);
  if (!test) return show("/tests", "Tests");
  show("/node/" + graph.nodes[test.node].name, name);
  spot(byId("/test/" + name));
}

function showGraph(name, column) {
  show("/lineage", name ?? "Lineage");
  const node = nodeNumber.get(name);
  const k = node === undefined ? -1 : graph.nodes[node].columns.findIndex((c) => c.name === column);
  showLineage(node, k < 0 ? undefined : k);
}

// spot leads the eye, and who reads with the keyboard, to one thing of a view.
function spot(element) {
  for (const other of document.querySelectorAll(".lit.spot")) other.classList.remove("lit", "spot");
  if (!element) return;
  element.classList.add("lit", "spot");
  element.scrollIntoView({ block: "center" });
  element.focus({ preventScroll: true });
}

// The link that skips what is above and beside leads within a view, and is no address
// of one.
document.querySelector(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});

addEventListener("hashchange", route);
addEventListener("beforeprint", () => {
  for (const more of document.querySelectorAll(".view.shown details")) more.open = true;
});
route();
