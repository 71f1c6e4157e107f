// Package architecture has no code: its tests hold the table of which package
// may import which, so that the layers stay layers.
//
// The table is the design. Imports run one way: the generator reads a schema,
// makes a plan and prints code; the generated code knows only the contract, the
// values and the operators; the runtime runs any project and knows none. An
// import that the table does not have is either a mistake or a change of the
// design, and a change of the design is made here first.
package architecture
