package schema

import "strconv"

// SourcePath is how diagnostics call a source.
func SourcePath(name string) string { return "source " + strconv.Quote(name) }

// ModelPath is how diagnostics call a model.
func ModelPath(name string) string { return "model " + strconv.Quote(name) }

// AudiencePath is how diagnostics call an audience.
func AudiencePath(name string) string { return "audience " + strconv.Quote(name) }

// ColumnPath is how diagnostics call a column of the node at nodePath.
func ColumnPath(nodePath, column string) string {
	return nodePath + ", column " + strconv.Quote(column)
}

// JoinPath is how diagnostics call a join of the model at modelPath.
func JoinPath(modelPath, as string) string { return modelPath + ", join " + strconv.Quote(as) }

// TestPath is how diagnostics call a test of the node or column at path. A test
// without a name goes by its kind.
func TestPath(path, name string) string { return path + ", test " + strconv.Quote(name) }

// Path is how diagnostics call the source.
func (s *Source) Path() string { return SourcePath(s.Name.Value) }

// Path is how diagnostics call the model: as people declared it.
func (m *Model) Path() string {
	if m.Audience != nil {
		return AudiencePath(m.Audience.Name.Value)
	}
	return ModelPath(m.Name.Value)
}

// Path is how diagnostics call a test of the node or column at parent.
func (t *Test) Path(parent string) string {
	if t.Name.Value != "" {
		return TestPath(parent, t.Name.Value)
	}
	return TestPath(parent, t.Kind)
}
