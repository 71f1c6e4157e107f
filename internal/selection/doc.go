// Package selection is dbt's node selection syntax: which nodes and tests of a
// graph the words of --select and --exclude name.
//
// It knows the grammar of selectors and sets over an abstract graph, whose items
// say of themselves what the methods of a selector ask for. It knows no project,
// no file and no command line.
//
// The grammar, after dbt's reference (Node selection: syntax, graph operators,
// set operators, methods):
//
//	expression   = intersection { space intersection }       a union
//	intersection = criterion { "," criterion }
//	criterion    = [ "@" ] [ [ depth ] "+" ] [ method ":" ] value [ "+" [ depth ] ]
//
// A value is a name or a pattern as of Python's fnmatch: * is any text, ? one
// character, [a-z] and [!a-z] one of a set. A value with a slash and without a
// method is a path.
//
// Where a node is selected its tests are too, and a test that looks at several
// nodes with any of them: dbt's eager mode, its default. This holds for each
// criterion, so that --exclude takes a node's tests away with it.
package selection
