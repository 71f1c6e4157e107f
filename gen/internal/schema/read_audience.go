package schema

// keysSuffix is added to the name of an audience to name the model of its keys.
const keysSuffix = "__keys"

// audience reads an [[audience]]: the model of its keys, and the one that is
// published, which keeps those that are in it.
func (r *reader) audience(outer *table, it *item, index int) []*Model {
	path := numbered("", "audience", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = AudiencePath(name)
	}
	a := &Audience{}
	keys, members := &Model{Pos: it.key, Audience: a}, &Model{Pos: it.key, Audience: a, Complete: true}
	a.Keys = keys
	t := r.open(it, path, outer)
	t.need("name", "from", "key", "filter", "columns")
	t.text("name", &a.Name, audienceName)
	t.text("description", &members.Description)
	t.text("from", &keys.From, filled)
	t.text("key", &a.Key, filled)
	t.text("filter", &a.Filter, filled)
	r.audienceColumns(t, keys, members)
	t.texts("grain", &members.Grain, filled)
	members.Tests = r.tests(t, false)
	t.texts("tags", &members.Tags, tagName)
	members.Layer.Value = "audience"
	t.text("layer", &members.Layer)
	if complete := t.flag("complete"); complete != nil {
		members.Complete = *complete
	}
	if members.Output = r.output(t); members.Output == nil {
		members.Output = defaultOutput(it.key)
	}
	t.close()
	a.connect(members)
	return []*Model{keys, members}
}

// connect names both models and has members read the keys. What it makes up stands
// where people wrote what it comes from.
func (a *Audience) connect(members *Model) {
	keys := a.Keys
	members.Name, keys.Name = a.Name, a.Name
	if keys.Name.Value != "" {
		keys.Name.Value += keysSuffix
	}
	keys.Layer, keys.Tags = members.Layer, members.Tags
	keys.Description.Value = "The values of " + a.Key.Value + " in " + keys.From.Value + ", and whether each is in " + a.Name.Value + "."
	members.From = Text{Value: keys.Name.Value, Pos: keys.From.Pos}
	members.Where = &Text{Value: MemberColumn, Pos: a.Filter.Pos}
}

// audienceColumns reads the columns: the model of the keys computes them, the one
// that is published hands them on and tests them.
func (r *reader) audienceColumns(t *table, keys, members *Model) {
	taken := names{KeyColumn: t.it.key, MemberColumn: t.it.key}
	t.tables("columns", func(it *item, i int) {
		c := r.modelColumn(t, it, i, taken)
		members.Columns = append(members.Columns, &ModelColumn{Pos: c.Pos, Name: c.Name, Expr: c.Name, Description: c.Description, Tests: c.Tests})
		c.Tests = nil
		keys.Columns = append(keys.Columns, c)
	})
}

// audienceName is the check of names that leave room for keysSuffix.
func audienceName(name string) *problem {
	return identifierUpTo(name, longestIdentifier-len(keysSuffix))
}
