// Where things stand. The generator has found columns and rows for the whole graph;
// some of its nodes are stacked in the same order, and closer.

const cardWidth = 216;
const cardHeight = 62;
const leastGap = 72;
const mostGap = 300;
const rowPitch = 78;
const stackGap = 18;
const passHeight = 16;

// arrange gives the place of each node that is shown, and for each edge between two
// of them the places at which it passes the columns between.
function arrange(shown, heightOf) {
  const columns = [...new Set(shown.map((i) => graph.nodes[i].column))].sort((a, b) => a - b);
  const stacks = columns.map(() => []);
  const put = (item) => {
    stacks[item.column].push(item);
    return item;
  };
  const items = new Map();
  for (const i of shown) {
    const n = graph.nodes[i];
    items.set(i, put({ node: i, column: columns.indexOf(n.column), row: n.row, height: heightOf(i), before: [], after: [] }));
  }
  const routes = [];
  for (const i of shown) routes.push(...routesFrom(i, items, columns, put));
  for (const stack of stacks) stack.sort((a, b) => a.row - b.row);
  if (shown.length === graph.nodes.length) placeByRow(stacks);
  else placeStacked(stacks);
  const all = stacks.flat();
  const top = Math.min(...all.map((item) => item.y));
  for (const item of all) item.y -= top;
  const height = Math.max(...all.map((item) => item.y + item.height), cardHeight);
  const gap = Math.min(mostGap, Math.max(leastGap, height / 18)); // so that lines of a high graph are not too steep
  for (const item of all) item.x = item.column * (cardWidth + gap);
  return { items, routes, width: Math.max(cardWidth, columns.length * (cardWidth + gap) - gap), height };
}

// routesFrom are the edges of one node to the nodes shown that read it; they share
// the passes on the way.
function routesFrom(i, items, columns, put) {
  const from = items.get(i);
  const readers = readBy[i].filter((r) => items.has(r)).map((r) => items.get(r));
  const last = Math.max(from.column, ...readers.map((r) => r.column));
  const chain = [from];
  for (let c = from.column + 1; c < last; c++) {
    const row = graph.nodes[i].passes[columns[c] - graph.nodes[i].column - 1];
    const pass = put({ column: c, row, height: passHeight, before: [], after: [] });
    link(chain.at(-1), pass);
    chain.push(pass);
  }
  return readers.map((to) => {
    const behind = to.column - from.column;
    link(chain[behind - 1], to);
    return { from, to, passes: chain.slice(1, behind) };
  });
}

function link(left, right) {
  left.after.push(right);
  right.before.push(left);
}

function placeByRow(stacks) {
  for (const item of stacks.flat()) item.y = (item.row / graph.rowUnits) * rowPitch - item.height / 2;
}

// placeStacked stacks each column and then lets it follow its neighbours, to and fro.
function placeStacked(stacks) {
  for (const stack of stacks) settle(stack, () => 0);
  for (let round = 0; round < 4; round++) {
    const order = round % 2 ? [...stacks].reverse() : stacks;
    for (const stack of order) {
      settle(stack, (item) => {
        const near = round % 2 ? item.after : item.before;
        if (near.length === 0) return middle(item);
        return near.reduce((sum, other) => sum + middle(other), 0) / near.length;
      });
    }
  }
}

function middle(item) {
  return (item.y ?? 0) + item.height / 2;
}

// settle places the items of a column as near as can be to where they want to be, in
// their order and apart: items that meet move as one.
function settle(stack, wanted) {
  const blocks = [];
  for (const item of stack) {
    let block = { items: [item], height: item.height, want: wanted(item) - item.height / 2, weight: 1 };
    for (let above = blocks.at(-1); above && above.want + above.height + stackGap > block.want; above = blocks.at(-1)) {
      blocks.pop();
      const shift = above.height + stackGap;
      block = {
        items: [...above.items, ...block.items],
        height: shift + block.height,
        weight: above.weight + block.weight,
        want: (above.want * above.weight + (block.want - shift) * block.weight) / (above.weight + block.weight),
      };
    }
    blocks.push(block);
  }
  for (const block of blocks) {
    let y = block.want;
    for (const item of block.items) {
      item.y = y;
      y += item.height + stackGap;
    }
  }
}

// curve is the line of an edge from a height to another, flat where it passes a
// column, so that it touches no node.
function curve(route, fromY, toY) {
  let x = route.from.x + cardWidth;
  let y = fromY;
  let line = `M${x} ${y}`;
  const to = (nextX, nextY) => {
    const half = (x + nextX) / 2;
    line += `C${half} ${y} ${half} ${nextY} ${nextX} ${nextY}`;
    y = nextY;
  };
  for (const pass of route.passes) {
    to(pass.x, middle(pass));
    x = pass.x + cardWidth;
    line += `H${x}`;
  }
  to(route.to.x, toY);
  return line;
}
