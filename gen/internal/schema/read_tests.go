package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"martlet/gen/internal/diag"
)

// tests takes the tests of a column, or of whole rows.
func (r *reader) tests(t *table, ofColumn bool) []*Test {
	it := t.take("tests")
	if it == nil {
		return nil
	}
	if it.kind != arrayKind {
		r.wrongType(it, t.path, "tests", "an array")
		return nil
	}
	var tests []*Test
	for i, e := range it.elems {
		var test *Test
		switch e.kind {
		case stringKind:
			test = r.testWord(t, e, ofColumn)
		case tableKind:
			test = r.testTable(t, e, i, ofColumn)
		default:
			r.wrongType(e, t.path, "tests", "a string or a table")
		}
		if test != nil {
			tests = append(tests, test)
		}
	}
	return tests
}

// testWord reads a test that is a word: "not_null".
func (r *reader) testWord(t *table, it *item, ofColumn bool) *Test {
	word := it.value.(string)
	kind := kindOf(word)
	switch {
	case kind == nil:
		r.report(it.pos, t.path, problem{
			code:       UnknownTest,
			message:    fmt.Sprintf("there is no test %q", word),
			suggestion: diag.Nearest(word, kindNames()),
			help:       "tests are " + strings.Join(kindNames(), ", "),
		})
		return nil
	case !kind.word:
		r.report(it.pos, t.path, problem{
			code:    BadTest,
			message: fmt.Sprintf("test %q needs to be told what to look for", word),
			help:    "write " + kind.form,
		})
		return nil
	case !r.inPlace(kind, ofColumn, it.pos, t.path):
		return nil
	}
	return &Test{Pos: it.key, Kind: word, Severity: "error"}
}

// inPlace says whether a kind of test is meant where it stands.
func (r *reader) inPlace(kind *testKind, ofColumn bool, pos diag.Pos, path string) bool {
	switch {
	case !ofColumn && !kind.ofRows:
		p := problem{
			code:    TestWithoutColumn,
			message: kind.name + " is a test of one column and stands where no column is meant",
			help:    "write it in the tests of the column",
		}
		if kind.name == "unique" {
			p.help += `, or name the columns that are unique together: ` + kindOf("unique_combination").form
		}
		r.report(pos, path, p)
	case ofColumn && !kind.ofColumn:
		r.report(pos, path, problem{
			code:    BadTest,
			message: kind.name + " is a test of whole rows and stands at a column",
			help:    "write it in the tests of the source or model",
		})
	default:
		return true
	}
	return false
}

// testTable reads a test with its options.
func (r *reader) testTable(outer *table, it *item, index int, ofColumn bool) *Test {
	var kinds []string
	for _, name := range it.order {
		if kindOf(name) != nil {
			kinds = append(kinds, name)
		}
	}
	path := numbered(outer.path, "test", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = TestPath(outer.path, name)
	} else if len(kinds) > 0 {
		path = TestPath(outer.path, kinds[0])
	}

	test := &Test{Pos: it.key, Severity: "error"}
	t := outer.inner(it, path)
	t.known = kindNames()
	r.testOptions(t, test)
	unknown := t.close()
	switch {
	case len(kinds) == 0:
		if !unknown { // else that key is the kind, misspelled
			r.report(it.pos, path, problem{
				code:    BadTest,
				message: "the test does not say what to look for",
				help:    "give it one of " + strings.Join(kindNames(), ", "),
			})
		}
		return nil
	case len(kinds) > 1:
		r.report(it.fields[kinds[1]].key, path, problem{
			code:    BadTest,
			message: "a test has one kind, found " + strings.Join(kinds, " and "),
			help:    "write them as tests of their own",
		})
		return nil
	}
	kind := kindOf(kinds[0])
	test.Kind = kind.name
	if !r.inPlace(kind, ofColumn, it.fields[kind.name].key, path) {
		return nil
	}
	if kind.name == "expr" && !ofColumn {
		t.need("name")
	}
	if !kind.read(r, t, test) {
		return nil
	}
	if kind.name == "expr" {
		test.Kind = "expression"
	}
	r.optionsOf(t, kind, test)
	return test
}

// testOptions reads what every test may say.
func (r *reader) testOptions(t *table, test *Test) {
	t.text("name", &test.Name, testName)
	severity := Text{Value: test.Severity}
	t.text("severity", &severity, oneOf("error", "warn"))
	test.Severity = severity.Value
	t.text("description", &test.Description)
	if where := (Text{}); t.text("where", &where, filled) {
		test.Where = &where
	}
	test.WarnIf, test.ErrorIf = r.threshold(t, "warn_if"), r.threshold(t, "error_if")
	nulls := Text{}
	t.text("nulls", &nulls, oneOf("pass", "fail"))
	test.NullsFail = nulls.Value == "fail"
	if store := t.flag("store_failures"); store != nil {
		test.Store = *store
	}
	if it := t.typed("limit", integerKind); it != nil {
		if test.Limit = it.value.(int64); test.Limit < 1 {
			r.report(it.pos, t.path, problem{code: BadTest, message: fmt.Sprintf("limit: expected at least 1, found %d", test.Limit)})
		}
	}
	t.texts("tags", &test.Tags, tagName)
}

// optionsOf looks for options that mean nothing for the kind of the test.
func (r *reader) optionsOf(t *table, kind *testKind, test *Test) {
	report := func(key string, p problem) { r.report(t.it.fields[key].pos, t.path, p) }
	if t.it.fields["nulls"] != nil && !kind.nulls {
		report("nulls", problem{
			code: BadTest, message: "nulls means nothing for " + kind.name,
			help: "write not_null beside it where a null is to fail",
		})
	}
	if store := t.it.fields["store_failures"]; t.it.fields["limit"] != nil && !test.Store && (store == nil || store.kind == boolKind) {
		report("limit", problem{
			code: BadTest, message: "limit bounds the rows that store_failures keeps, and the test keeps none",
			help: "add store_failures = true; failures are always counted in full",
		})
	}
	for _, key := range []string{"warn_if", "error_if"} {
		if it := t.it.fields[key]; it != nil && kind.whole && it.kind == stringKind && strings.HasSuffix(it.value.(string), "%") {
			report(key, problem{
				code: BadThreshold, message: fmt.Sprintf("%s: %s fails as a whole or not at all, found the percentage %q", key, kind.name, it.value),
				help: "leave it out, or use severity",
			})
		}
	}
	if test.Store && kind.whole {
		report("store_failures", problem{code: BadTest, message: kind.name + " is about no rows in particular, so there are none to store", help: "leave store_failures out"})
	}
}

var thresholdForm = regexp.MustCompile(`^(>=|<=|<>|!=|==|>|<|=)\s*([0-9]{1,15})(\.[0-9]{1,6})?\s*(%?)$`)

// threshold reads warn_if or error_if in one spelling.
func (r *reader) threshold(t *table, key string) string {
	it := t.typed(key, stringKind)
	if it == nil {
		return ""
	}
	text := it.value.(string)
	m := thresholdForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || m[3] != "" && m[4] == "" {
		r.report(it.pos, t.path, problem{
			code:    BadThreshold,
			message: fmt.Sprintf("%s: expected an operator and a number of failures or a percentage of the rows, found %q", key, text),
			help:    `write it as "> 10" or "> 0.5%"; operators are > >= < <= = !=`,
		})
		return ""
	}
	operator := map[string]string{"<>": "!=", "==": "="}[m[1]]
	if operator == "" {
		operator = m[1]
	}
	return operator + " " + m[2] + m[3] + m[4]
}

// kindNames lists the keys that say what a test looks for.
func kindNames() []string {
	names := make([]string, len(testKinds))
	for i := range testKinds {
		names[i] = testKinds[i].name
	}
	return names
}

// kindOf is the kind of a key, nil where there is none.
func kindOf(name string) *testKind {
	i := slices.IndexFunc(testKinds, func(k testKind) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return &testKinds[i]
}
