package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Version is that of the layout of the file.
const Version = 1

// Profiles is what target/profiles.json holds; docs/profiles.schema.json describes
// it. Fields without an omitempty are always there.
type Profiles struct {
	Version int    `json:"version"`
	Project string `json:"project"`
	Nodes   []Node `json:"nodes"` // sources, then models, in the order of the schema
}

// Node is the profile of a source or of a published model.
type Node struct {
	UniqueID     string `json:"unique_id"`     // as in manifest.json
	ResourceType string `json:"resource_type"` // source or model
	Name         string `json:"name"`
	Run          string `json:"run"` // the identity of the run that it is of
	AsOf         string `json:"as_of"`
	Passed       bool   `json:"passed"`   // the run did
	Complete     bool   `json:"complete"` // all rows were seen
	Relation
}

// Relation is the profile of the rows of one relation.
type Relation struct {
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"`
}

// Column is the profile of one column.
type Column struct {
	Name          string  `json:"name"`
	Type          string  `json:"type"` // as the schema language writes it
	PII           bool    `json:"pii"`
	Nulls         int64   `json:"nulls"`
	Distinct      int64   `json:"distinct"`         // values, null not among them
	DistinctExact bool    `json:"distinct_exact"`   // it was counted, not estimated
	Values        *Values `json:"values,omitempty"` // not of personal data
}

// Values say what the values of a column are that are not null. Values are texts as a
// CSV file has them; long ones are cut and end in an ellipsis.
type Values struct {
	Min *string `json:"min"` // null where there is no value
	Max *string `json:"max"`
	// Set are all distinct values, ascending; null where there are more than 256.
	Set []string `json:"set"`
	// Counted is how many values all that follows was counted over; Exact says that
	// these are all there are, and no sample.
	Counted   int64      `json:"counted"`
	Exact     bool       `json:"exact"`
	Top       []Top      `json:"top"`       // the most frequent first
	Quantiles []Quantile `json:"quantiles"` // ascending; none of texts and booleans
	Histogram *Histogram `json:"histogram"` // null where there is nothing to show
}

// Top is a frequent value.
type Top struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Quantile is the value that a share of the values does not exceed.
type Quantile struct {
	Share float64 `json:"share"`
	Value string  `json:"value"`
}

// What a histogram is of.
const (
	OfValues  = "values"
	OfLengths = "lengths" // of texts, in characters
)

// Histogram counts values by where they lie between round bounds. Values far off
// are not spread out but counted: those before the first bin, and those behind the last.
type Histogram struct {
	Of    string `json:"of"`
	Below int64  `json:"below"`
	Above int64  `json:"above"`
	Bins  []Bin  `json:"bins"` // side by side, ascending
}

// Bin counts the values from From on that are less than To, in the last bin also those
// that are To.
type Bin struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int64  `json:"count"`
}

// Decode reads a file of profiles. One of another layout is an error.
func Decode(text []byte) (*Profiles, error) {
	var version struct{ Version int }
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, err
	}
	if version.Version != Version {
		return nil, fmt.Errorf("found profiles of version %d, expected %d", version.Version, Version)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	p := &Profiles{}
	if err := decoder.Decode(p); err != nil {
		return nil, err
	}
	return p, nil
}

// Encode writes the file.
func (p *Profiles) Encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(p)
	return text.Bytes(), err
}
