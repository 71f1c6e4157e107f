package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/selection"
	"martlet/internal/value"
)

// parseKeys reads the values of --key: of one row of a node, by its grain where the
// columns are not named. The set has one key.
func parseKeys(n *node, given []string) (*keySet, error) {
	columns, values, err := keyParts(n, given)
	if err != nil {
		return nil, err
	}
	var problems []error
	encoded := make([]string, len(columns))
	for i, c := range columns {
		key, err := parseKey(n.Schema.Field(n.at(c)).Type, values[i])
		if err != nil {
			shown := values[i]
			if name, named := nameIn(shown); named { // of a column that there is not, with a value that may be personal
				problems = append(problems, fmt.Errorf("--key: %w", noSuchColumn(n, name)))
				continue
			}
			if n.pii(c) {
				shown = contract.Redacted
			}
			problems = append(problems, fmt.Errorf("--key %s=%s: expected %s", c, shown, strings.TrimPrefix(err.Error(), "expected ")))
			continue
		}
		encoded[i] = string(key)
	}
	keys := newKeySet(columns)
	keys.add(encoded)
	return keys, errors.Join(problems...)
}

// keyParts takes the values of --key apart: columns, and a value for each.
func keyParts(n *node, given []string) (columns, values []string, err error) {
	grain := strings.Join(n.Grain, ", ")
	if len(given) == 0 {
		if grain == "" {
			return nil, nil, fmt.Errorf("--key is missing; nothing identifies a row of %s: give --key COLUMN=VALUE", n.Name)
		}
		return nil, nil, fmt.Errorf("--key is missing; a row of %s is known by %s", n.Name, grain)
	}
	for _, text := range given {
		named := namedParts(n, text)
		switch {
		case len(named) > 0:
		case len(n.Grain) == 1 && len(given) == 1:
			if name, is := nameIn(text); is && selection.Nearest(name, n.columnNames()) != "" {
				return nil, nil, fmt.Errorf("--key: %w", noSuchColumn(n, name))
			}
			named = [][2]string{{n.Grain[0], text}}
		case len(n.Grain) == 0:
			return nil, nil, fmt.Errorf("--key: nothing identifies a row of %s; write COLUMN=VALUE with one of %s", n.Name, strings.Join(n.columnNames(), ", "))
		default:
			return nil, nil, fmt.Errorf("--key: a row of %s is known by %s; write COLUMN=VALUE for each", n.Name, grain)
		}
		for _, part := range named {
			if slices.Contains(columns, part[0]) {
				return nil, nil, fmt.Errorf("--key names %s twice", part[0])
			}
			columns, values = append(columns, part[0]), append(values, part[1])
		}
	}
	return columns, values, nil
}

// nameIn is what stands as the name of a column in a text: before =, and behind the last
// comma.
func nameIn(text string) (name string, ok bool) {
	before, _, ok := strings.Cut(text, "=")
	return strings.TrimSpace(before[strings.LastIndexByte(before, ',')+1:]), ok
}

// namedParts takes COLUMN=VALUE,COLUMN=VALUE apart: a comma that no column's name and
// = stand behind is part of a value, and so is one in quotes. It gives nothing where no
// column is named.
func namedParts(n *node, text string) (parts [][2]string) {
	for i, piece := range strings.Split(text, ",") {
		name, given, found := strings.Cut(piece, "=")
		open := false
		if i > 0 {
			before := parts[len(parts)-1][1]
			_, closed := unquoted(before)
			open = strings.HasPrefix(before, `"`) && !closed
		}
		switch {
		case found && !open && n.at(strings.TrimSpace(name)) >= 0:
			parts = append(parts, [2]string{strings.TrimSpace(name), given})
		case i == 0:
			return nil
		default:
			parts[len(parts)-1][1] += "," + piece
		}
	}
	return parts
}

// unquoted is what a CSV file means by a field in quotes; ok says whether it is one.
func unquoted(field string) (text string, ok bool) {
	if len(field) < 2 || field[0] != '"' || field[len(field)-1] != '"' {
		return field, false
	}
	text = field[1 : len(field)-1]
	if strings.Contains(strings.ReplaceAll(text, `""`, ""), `"`) {
		return field, false
	}
	return strings.ReplaceAll(text, `""`, `"`), true
}

// columnNames are those of the node, in order.
func (n *node) columnNames() []string {
	names := make([]string, len(n.Columns))
	for i := range names {
		names[i] = n.Columns[i].Name
	}
	return names
}

// parseKey reads a value as a CSV file would have it, as keys have it: nothing is null,
// "" the empty text.
func parseKey(t arrow.DataType, given string) ([]byte, error) {
	text := []byte(given)
	if given == "" {
		return []byte(null), nil
	}
	switch t := t.(type) {
	case *arrow.BooleanType:
		v, err := value.ParseBool(text)
		return arrowops.AppendKeyBool(nil, v, true), err
	case *arrow.Int64Type:
		v, err := value.ParseInt64(text)
		return arrowops.AppendKeyInt64(nil, v, true), err
	case *arrow.Float64Type:
		v, err := value.ParseFloat64(text)
		return arrowops.AppendKeyFloat64(nil, v, true), err
	case *arrow.Decimal128Type:
		v, err := value.ParseDecimal(text, t.Precision, t.Scale)
		return arrowops.AppendKeyDecimal(nil, v, true), err
	case *arrow.Date32Type:
		v, err := value.ParseDate(text)
		return arrowops.AppendKeyInt64(nil, int64(v), true), err
	case *arrow.TimestampType:
		parse := value.ParseTimestamp
		if t.TimeZone != "" {
			parse = value.ParseTimestampTZ
		}
		v, err := parse(text)
		return arrowops.AppendKeyInt64(nil, int64(v), true), err
	}
	given, _ = unquoted(given)
	return arrowops.AppendKeyString(nil, given, true), nil
}

// keyText is the value that an encoding stands for, as CSV has it; it is not ok for null.
func keyText(t arrow.DataType, key string) (text string, ok bool) {
	if key == null {
		return "", false
	}
	word := func(at int) uint64 { return binary.LittleEndian.Uint64([]byte(key[1+8*at:])) }
	switch t := t.(type) {
	case *arrow.BooleanType:
		truth := arrowops.AppendKeyBool(nil, true, true)
		return value.FormatBool(key == string(truth)), true
	case *arrow.Int64Type:
		return value.FormatInt64(int64(word(0))), true
	case *arrow.Float64Type:
		return value.FormatFloat64(math.Float64frombits(word(0))), true
	case *arrow.Decimal128Type:
		return value.FormatDecimal(decimal128.New(int64(word(1)), word(0)), t.Scale), true
	case *arrow.Date32Type:
		return value.FormatDate(arrow.Date32(word(0))), true
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return value.FormatTimestampTZ(arrow.Timestamp(word(0))), true
		}
		return value.FormatTimestamp(arrow.Timestamp(word(0))), true
	}
	_, length := binary.Uvarint([]byte(key))
	return key[length:], true
}
