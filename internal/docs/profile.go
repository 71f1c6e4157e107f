package docs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/manifest"
	"martlet/internal/profile"
	"martlet/internal/report"
)

// Profile is what is in the columns of a node.
type Profile struct {
	AsOf    string
	Partial bool   // the run did not come to the end of the node
	Since   string // the as-of time of the profile it is compared with; empty where there is none, or Partial
	Rows    string // what became of the number of rows since then; empty where nothing
	Columns []*ColumnProfile
}

// Moved says whether anything notable is not as it was.
func (p *Profile) Moved() bool {
	return p.Rows != "" || slices.ContainsFunc(p.Columns, func(c *ColumnProfile) bool { return len(c.Notable) > 0 })
}

// ColumnProfile is what is in one column. Of a personal one there are only counts.
type ColumnProfile struct {
	Column   *Column
	Nulls    string // "12 null, 1.3%"
	NullPart int64  // of a hundred rows, rounded up, so that few are seen
	Distinct string
	Min, Max string
	Top      []TopValue // the most frequent; none where Chart has them among others
	Chart    *Chart     // nil where Top has all values
	Small    *Chart     // for where there is little room
	Sample   string     // of how many values it was counted; empty where of all
	Drift    []string   // what is not as it was
	// Notable are those of Drift that may be news: not of bounds, which move with every
	// load, nor of what is computed from no source.
	Notable []string
}

// TopValue is a frequent value.
type TopValue struct {
	Value string
	Count int64
	Part  int64 // of a hundred of the most frequent one's, rounded up
}

// Chart is how values are spread, as bars.
type Chart struct {
	Line     string // of the bars, in SVG's path language, chartWidth by chartHeight
	From, To string // its ends, and how many values lie beyond them
	Words    string // the same for those who do not see it
}

// addProfiles adds what is in the columns of the nodes, and what differs from before.
func (v *view) addProfiles(project string, now, before *profile.Profiles) {
	for _, n := range v.Nodes {
		id := manifest.ID(n.Kind, project, n.Name)
		is := profileOf(now, id, n)
		if is == nil {
			continue
		}
		n.Profile = &Profile{AsOf: moment(is.AsOf), Partial: !is.Complete}
		drift := map[string]*profile.ColumnDrift{}
		if d := profile.Compare(profileOf(before, id, n), is); d != nil && is.Complete { // else what was not seen would be gone
			n.Profile.Since = moment(d.Since)
			if d.Rows.Before != d.Rows.After {
				n.Profile.Rows = fmt.Sprintf("%s → %s", report.Plural(d.Rows.Before, "row"), report.Count(d.Rows.After))
			}
			for i := range d.Columns {
				drift[d.Columns[i].Name] = &d.Columns[i]
			}
		}
		for i := range is.Columns {
			if c := n.column(is.Columns[i].Name); c != nil {
				c.Profile = newColumnProfile(c, &is.Columns[i], is.Rows, drift[c.Name])
				n.Profile.Columns = append(n.Profile.Columns, c.Profile)
			}
		}
	}
}

// column is a column by its name, nil where there is none.
func (n *Node) column(name string) *Column {
	for _, c := range n.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// profileOf is the profile of a node, without the values of what is personal by now;
// nil where there is none.
func profileOf(all *profile.Profiles, id string, n *Node) *profile.Node {
	if all == nil {
		return nil
	}
	known := all.Node(id)
	if known == nil {
		return nil
	}
	p := *known
	p.Columns = append([]profile.Column(nil), known.Columns...)
	for i := range p.Columns {
		if c := &p.Columns[i]; n.personal(c.Name) {
			c.PII, c.Values = true, nil
		}
	}
	return &p
}

func newColumnProfile(c *Column, p *profile.Column, rows int64, d *profile.ColumnDrift) *ColumnProfile {
	out := &ColumnProfile{Column: c, Nulls: "no null", Distinct: about(p.Distinct, p.DistinctExact) + " distinct"}
	if p.Nulls > 0 {
		out.Nulls = fmt.Sprintf("%s null, %s", report.Count(p.Nulls), percent(float64(p.Nulls)/float64(rows)))
		out.NullPart = part(p.Nulls, rows)
	}
	if d != nil {
		news := driftNews(d)
		out.Drift = append(driftBounds(d), news...)
		if c.Node.Kind == "source" || len(c.From) > 0 {
			out.Notable = news
		}
	}
	v := p.Values
	if v == nil || p.PII {
		return out
	}
	if !v.Exact {
		out.Sample = "a sample of " + report.Plural(v.Counted, "value")
	}
	if v.Min != nil && v.Max != nil {
		out.Min, out.Max = report.Printable(*v.Min), report.Printable(*v.Max)
	}
	out.addCharts(v)
	return out
}

// about is a number that may be an estimate.
func about(n int64, exact bool) string {
	if exact {
		return report.Count(n)
	}
	return "about " + report.Count(n)
}

// fewTop is how many frequent values are shown where there are others.
const fewTop = 5

// addCharts shows all values where they are few, else how they are spread, and of
// texts, whose lengths tell little, the most frequent ones too.
func (c *ColumnProfile) addCharts(v *profile.Values) {
	var told int64
	for _, t := range v.Top {
		told += t.Count
	}
	all := told == v.Counted
	if c.Small = topChart(v.Top); v.Histogram != nil && !all {
		c.Chart = histogramChart(v.Histogram)
		c.Small = c.Chart
	}
	if !all && v.Histogram != nil && v.Histogram.Of == profile.OfValues {
		return
	}
	top := v.Top
	if !all {
		top = top[:min(len(top), fewTop)]
	}
	for _, t := range top {
		c.Top = append(c.Top, TopValue{report.Printable(t.Value), t.Count, part(t.Count, v.Top[0].Count)})
	}
}

// The extent of a chart.
const (
	chartWidth  = 240
	chartHeight = 48
)

// histogramChart draws a histogram; nil where nothing is in it.
func histogramChart(h *profile.Histogram) *Chart {
	if len(h.Bins) == 0 {
		return nil
	}
	var counts []int64
	most := h.Bins[0]
	for _, b := range h.Bins {
		counts = append(counts, b.Count)
		if b.Count > most.Count {
			most = b
		}
	}
	c := &Chart{Line: bars(counts, chartWidth), From: h.Bins[0].From, To: h.Bins[len(h.Bins)-1].To}
	if c.Line == "" {
		return nil
	}
	of := "Values"
	if h.Of == profile.OfLengths {
		of = "Lengths"
	}
	c.Words = fmt.Sprintf("%s from %s to %s; most, %s, from %s to %s", of, c.From, c.To, report.Count(most.Count), most.From, most.To)
	if h.Of == profile.OfLengths {
		c.From = "length " + c.From
	}
	if h.Below > 0 {
		below := report.Count(h.Below) + " below"
		c.Words, c.From = c.Words+"; "+below, below+" · "+c.From
	}
	if h.Above > 0 {
		above := report.Count(h.Above) + " above"
		c.Words, c.To = c.Words+"; "+above, c.To+" · "+above
	}
	return c
}

// topChart draws frequent values; nil where there are none.
func topChart(top []profile.Top) *Chart {
	var counts []int64
	var words []string
	for _, t := range top {
		counts = append(counts, t.Count)
		words = append(words, fmt.Sprintf("%s: %s", report.Printable(t.Value), report.Count(t.Count)))
	}
	if len(top) == 0 {
		return nil
	}
	return &Chart{Line: bars(counts, widestBar), Words: strings.Join(words, ", ")}
}

// widestBar is how wide a bar is at most that stands for itself, and not for a part of
// an axis.
const widestBar = 24

// bars is a line around bars side by side, each as wide as there is room for, but not
// wider than widest, the highest as high as the chart; "" where none has a height.
func bars(counts []int64, widest int) string {
	var most int64
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 {
		return ""
	}
	var s strings.Builder
	width := min(chartWidth/len(counts), widest)
	for i, n := range counts {
		if n == 0 {
			continue
		}
		height := max(1, int(math.Round(float64(n)/float64(most)*chartHeight)))
		s.WriteString("M" + strconv.Itoa(i*width) + " " + strconv.Itoa(chartHeight) + "v-" + strconv.Itoa(height) + "h" + strconv.Itoa(width-1) + "v" + strconv.Itoa(height) + "z")
	}
	return s.String()
}

// part is a share of a hundred, rounded up.
func part(n, of int64) int64 { return int64(math.Ceil(100 * float64(n) / float64(of))) }

// percent writes a share; what is more than nothing is never 0%, nor less than all 100%.
func percent(share float64) string {
	switch p := 100 * share; {
	case share == 0:
		return "0%"
	case p < 0.1:
		return "under 0.1%"
	case share < 1 && p > 99.9:
		return "over 99.9%"
	case share < 1 && p >= 99.5:
		return strconv.FormatFloat(math.Floor(p*10)/10, 'f', 1, 64) + "%"
	case p < 10:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	}
}

// driftBounds say how the bounds and the number of values have moved.
func driftBounds(d *profile.ColumnDrift) []string {
	var all []string
	if d.Distinct.Before != d.Distinct.After {
		all = append(all, fmt.Sprintf("distinct: %s → %s", about(d.Distinct.Before, d.Exact.Before), about(d.Distinct.After, d.Exact.After)))
	}
	for _, bound := range []struct {
		name  string
		moved *profile.Moved
	}{{"least", d.Min}, {"greatest", d.Max}} {
		if bound.moved != nil {
			all = append(all, fmt.Sprintf("%s: %s → %s", bound.name, orNull(bound.moved.Before), orNull(bound.moved.After)))
		}
	}
	return all
}

// driftNews say which share is null that was not, and which values are new or gone.
func driftNews(d *profile.ColumnDrift) []string {
	var all []string
	if was, is := percent(d.Nulls.Before), percent(d.Nulls.After); was != is {
		all = append(all, fmt.Sprintf("null: %s → %s", was, is))
	}
	for _, set := range []struct {
		name   string
		values []string
	}{{"new", d.New}, {"gone", d.Gone}} {
		if len(set.values) > 0 {
			all = append(all, set.name+": "+someOf(set.values))
		}
	}
	return all
}

func orNull(value *string) string {
	if value == nil {
		return contract.OrNull(false, "")
	}
	return report.Printable(*value)
}

// someOf lists the first few of some values.
func someOf(values []string) string {
	const most = 5
	var shown []string
	for _, v := range values[:min(len(values), most)] {
		shown = append(shown, report.Printable(v))
	}
	text := strings.Join(shown, ", ")
	if more := len(values) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
