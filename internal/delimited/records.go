package delimited

import "bytes"

// regular makes rows of a text without quotes of which every record is a row:
// the index already has the places of their fields. It gives up where one is not.
func (c *Chunk) regular() bool {
	ends, width := c.index.ends, c.file.width
	if c.lines*width != len(ends)-1 || len(c.text) > 0 && c.text[len(c.text)-1] != '\n' {
		return false
	}
	returns := 0
	for f := width; f < len(ends); f += width {
		end := ends[f]
		if c.text[end] != '\n' {
			return false
		}
		if c.text[max(end, 1)-1] == '\r' {
			returns++
		}
	}
	c.Rows.Start, c.Rows.End, c.Rows.Count = ends, ends, c.lines
	if returns == 0 {
		return true
	}
	c.stop = append(c.stop[:0], ends...)
	c.Rows.End = c.stop
	for f := width; f < len(ends); f += width {
		c.stop[f] = uint32(lineEnd(c.text, int(ends[f-1]+1), int(ends[f])))
	}
	return true
}

// lineEnd leaves a CR before a line end out of the field that ends there.
func lineEnd(text []byte, field, end int) int {
	if end > field && text[end-1] == '\r' {
		return end - 1
	}
	return end
}

// irregular makes rows of any text, and gives the place behind the last whole
// record. valid says that all of it is UTF-8.
func (c *Chunk) irregular(valid bool) (read int) {
	ends := c.index.ends[1:]
	c.start, c.stop, c.bounds = room(c.start, len(ends)+1), room(c.stop, len(ends)+1), c.bounds[:0]
	begin, first, line := 0, 0, 0 // of the record: its place, its first end, its line
	doubled := c.index.doubled
	counted := 0 // the text before this has so many line ends
	for i, end := range ends {
		if c.text[end] != '\n' {
			continue
		}
		fields := ends[first : i+1]
		stop := lineEnd(c.text, max(begin, int(c.index.ends[i]+1)), int(end))
		reason := c.refuse(len(fields), c.text[begin:stop], valid)
		if reason == "" {
			doubled = c.record(begin, stop, fields, doubled)
		} else {
			for len(doubled) > 0 && int(doubled[0]) < stop {
				doubled = doubled[1:]
			}
			line += bytes.Count(c.text[counted:begin], []byte{'\n'})
			counted = begin
			count := len(fields)
			if begin == stop {
				count = 0
			}
			c.Ragged = append(c.Ragged, Ragged{
				Record: int64(c.Rows.Count + len(c.Ragged) + 1), Line: line, Fields: count, Reason: reason, Raw: c.text[begin:stop:stop],
			})
			c.Rows.Skipped = append(c.Rows.Skipped, c.Rows.Count)
		}
		begin, first = int(end)+1, i+1
	}
	c.Rows.Start, c.Rows.End, c.Rows.Bounds = c.start, c.stop, c.bounds
	return begin
}

// room is memory for n numbers at least.
func room(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n+n/4)
	}
	return s[:cap(s)]
}

// record adds one row, which stands from begin to stop. doubled are the
// doubled quotes from there on, of which it gives those behind.
func (c *Chunk) record(begin, stop int, ends, doubled []uint32) []uint32 {
	r := &c.Rows
	f := r.Count * r.Width
	start, end := c.start[f:f+len(ends)], c.stop[f+1:f+1+len(ends)]
	quote := c.file.quote // where nothing quotes it is 0, and no text has that
	field := begin
	for j, to := range ends {
		next := int(to) + 1
		if j == len(ends)-1 {
			to = uint32(stop)
		}
		quoted := field < int(to) && c.text[field] == quote
		switch {
		case !quoted:
			start[j], end[j] = uint32(field-1), to
		case len(doubled) > 0 && doubled[0] < to:
			start[j], end[j], doubled = c.undouble(field+1, int(to)-1, doubled)
		default:
			start[j], end[j] = uint32(field), to-1
		}
		if quoted {
			for len(r.Quoted) <= (f+j)/64 {
				r.Quoted = append(r.Quoted, 0)
			}
			r.Quoted[(f+j)/64] |= 1 << ((f + j) % 64)
		}
		field = next
	}
	c.bounds = append(c.bounds, uint32(begin), uint32(stop))
	r.Count++
	return doubled
}

// undouble writes what a field that has doubled quotes stands for behind the
// text, and gives its places there.
func (c *Chunk) undouble(from, to int, doubled []uint32) (start, end uint32, rest []uint32) {
	data := c.Rows.Data
	start = uint32(len(data)) - 1
	for len(doubled) > 0 && int(doubled[0]) < to {
		second := int(doubled[0])
		data = append(data, c.text[from:second]...)
		from, doubled = second+1, doubled[1:]
	}
	c.Rows.Data = append(data, c.text[from:to]...)
	return start, uint32(len(c.Rows.Data)), doubled
}

// nulls makes the fields that are words for null empty, which is null without
// quotes.
func (c *Chunk) nulls() {
	r := &c.Rows
	if r.Bounds == nil {
		c.bounds = c.bounds[:0]
		for i := range r.Count {
			c.bounds = append(c.bounds, r.Start[i*r.Width]+1, r.End[(i+1)*r.Width])
		}
		c.stop = append(c.stop[:0], r.End...)
		r.End, r.Bounds = c.stop, c.bounds
	}
	for f := range r.Count * r.Width {
		field := r.Data[r.Start[f]+1 : r.End[f+1]]
		if len(field) == 0 || f/64 < len(r.Quoted) && r.Quoted[f/64]>>(f%64)&1 == 1 {
			continue
		}
		for _, word := range c.file.nulls {
			if string(field) == word {
				r.End[f+1] = r.Start[f] + 1
				break
			}
		}
	}
}
