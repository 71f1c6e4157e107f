// The graph: what reads what, node by node and column by column.

const readBy = graph.nodes.map(() => []);
graph.nodes.forEach((n, i) => n.reads.forEach((input) => readBy[input].push(i)));

const columnReadBy = graph.nodes.map((n) => n.columns.map(() => []));
graph.nodes.forEach((n, i) =>
  n.columns.forEach((c, k) => (c.reads ?? []).forEach(([node, column]) => columnReadBy[node][column].push([i, k]))));

// reached are the nodes that can be reached from one by some steps, itself included.
function reached(start, stepsOf) {
  const seen = new Set([start]);
  for (const i of seen) stepsOf(i).forEach((next) => seen.add(next));
  return seen;
}

function upstream(i) {
  return reached(i, (n) => graph.nodes[n].reads);
}

function downstream(i) {
  return reached(i, (n) => readBy[n]);
}

function columnReads(node, column) {
  return graph.nodes[node].columns[column].reads ?? [];
}

// columnPath is how a column comes about, and, where that is asked for, what comes
// of it: the columns on the way by node, in the order in which they are met, and the
// steps between them.
function columnPath(node, column, reach) {
  const path = { columns: new Map(), steps: [] };
  const add = (n, c) => {
    const known = path.columns.get(n) ?? [];
    if (known.includes(c)) return false;
    path.columns.set(n, [...known, c]);
    return true;
  };
  const walk = (next, step) => {
    const queue = [[node, column]];
    const seen = new Set([node + "." + column]);
    for (const [n, c] of queue) {
      add(n, c);
      for (const [m, d] of next(n, c)) {
        path.steps.push(step([n, c], [m, d]));
        if (seen.has(m + "." + d)) continue;
        seen.add(m + "." + d);
        queue.push([m, d]);
      }
    }
  };
  add(node, column);
  if (reach.up) walk(columnReads, (here, read) => [read, here]);
  if (reach.down) walk((n, c) => columnReadBy[n][c], (here, reader) => [here, reader]);
  return path;
}
