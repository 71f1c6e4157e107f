package ingest

import "strings"

// builtinLook says whether a built-in number format shows a date (ECMA-376
// part 1, 18.8.30; 27 to 36 and 50 to 58 are those of East Asian languages).
// Times of day alone are no dates.
func builtinLook(id int) dateLook {
	switch {
	case id == 22:
		return looksTimestamp
	case 14 <= id && id <= 17, 27 <= id && id <= 31, id == 36, 50 <= id && id <= 54, 57 <= id && id <= 58:
		return looksDate
	}
	return plainNumber
}

// formatLook says whether a number format of the workbook's own shows a date: a
// year or a day, or a month, which is an m without hours or seconds.
func formatLook(code string) dateLook {
	var date, month, clock bool
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i = skipTo(code, i, '"')
		case '[':
			// A colour, a condition or a language; [h], an elapsed time, is no date either.
			end := skipTo(code, i, ']')
			if strings.Trim(code[i:end], "[hHmMsS") == "" {
				clock = true
			}
			i = end
		case '\\', '_', '*': // the next character stands for itself, its width or a filling
			i++
		case ';': // the formats of negative numbers, zero and text follow
			i = len(code)
		case 'y', 'Y', 'd', 'D':
			date = true
		case 'm', 'M':
			month = true
		case 'h', 'H', 's', 'S':
			clock = true
		case 'G', 'g':
			if len(code) >= i+len("General") && strings.EqualFold(code[i:i+len("General")], "General") {
				i += len("General") - 1
			}
		case 'A', 'a':
			if len(code) >= i+len("AM/PM") && strings.EqualFold(code[i:i+len("AM/PM")], "AM/PM") {
				clock = true
				i += len("AM/PM") - 1
			}
		}
	}
	switch {
	case date && clock:
		return looksTimestamp
	case date, month && !clock:
		return looksDate
	}
	return plainNumber
}

// skipTo is the index of the next end after i, or the last of the code.
func skipTo(code string, i int, end byte) int {
	if n := strings.IndexByte(code[i+1:], end); n >= 0 {
		return i + 1 + n
	}
	return len(code)
}
