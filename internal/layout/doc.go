// Package layout says where the nodes of a lineage graph stand when it is drawn
// from left to right: in which column each stands, by what it reads and by its
// layer, and at which height, so that few edges cross.
//
// The columns are its own business. The heights are those of Graphviz's dot, which
// is linked in as WebAssembly: the reference of layered layouts, pure Go to build,
// some 50 ms for 300 nodes, and the same numbers on every machine. It is for the
// generator: whoever links it in starts Graphviz with the program, which a nightly
// job should not.
//
// It knows nodes by their number, and neither a schema nor how anything is drawn.
package layout
