package xlsx

import "strings"

// Format is what a number format makes of a number.
type Format uint8

const (
	General  Format = iota // a number
	Date                   // a day
	DateTime               // a day and a time of day
	Time                   // a time of day
	Elapsed                // a duration: hours beyond 24, or minutes beyond 60
	Unknown                // the workbook does not say, or says it in a way that only newer programs read
)

// lastBuiltin is the last number format that no workbook need define.
const lastBuiltin = 81

// builtinFormat says what a built-in number format shows (ECMA-376 part 1,
// 18.8.30; 27 to 36 and 50 to 58 are those of East Asian languages, of which 34,
// 35 and 55 are a time in Chinese and a day in the others, 59 to 81 are Thai).
func builtinFormat(id int) Format {
	switch {
	case id == 22, id == 77:
		return DateTime
	case 14 <= id && id <= 17, 27 <= id && id <= 31, id == 36, 50 <= id && id <= 54, 57 <= id && id <= 58, 71 <= id && id <= 74, id == 81:
		return Date
	case 18 <= id && id <= 21, 32 <= id && id <= 35, id == 45, id == 47, id == 55, id == 56, id == 75, id == 76, id == 78, id == 80:
		return Time
	case id == 46, id == 79:
		return Elapsed
	}
	return General
}

// parseFormat says what a number format of the workbook's own shows: a day by a
// year or a day, or by a month, which is an m without hours or seconds.
func parseFormat(code string) Format {
	var date, month, clock, elapsed bool
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i = skipTo(code, i, '"')
		case '[': // a colour, a condition, a language, or an elapsed time
			end := skipTo(code, i, ']')
			if inner := strings.ToLower(code[i+1 : end]); inner != "" && strings.Trim(inner, inner[:1]) == "" && strings.Contains("hms", inner[:1]) {
				elapsed = true
			}
			i = end
		case '\\', '_', '*': // the next character stands for itself, its width or a filling
			i++
		case ';': // the formats of negative numbers, zero and text follow
			i = len(code)
		case 'y', 'Y', 'd', 'D', 'e', 'E', 'b', 'B':
			date = date || isDay(code, i)
		case 'm', 'M':
			month = true
		case 'h', 'H', 's', 'S':
			clock = true
		case 'G', 'g':
			if hasWord(code[i:], "General") {
				i += len("General") - 1
			}
		case 'A', 'a':
			if hasWord(code[i:], "AM/PM") {
				clock = true
				i += len("AM/PM") - 1
			}
		}
	}
	switch {
	case date && (clock || elapsed):
		return DateTime
	case date, month && !clock && !elapsed:
		return Date
	case elapsed:
		return Elapsed
	case clock:
		return Time
	}
	return General
}

// isDay says whether the letter at i shows a year or a day: an e is an exponent
// where a sign follows it, and else the year, as b is in Thai.
func isDay(code string, i int) bool {
	switch code[i] | 0x20 {
	case 'e':
		return i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-'
	case 'b':
		return i+1 < len(code) && (code[i+1]|0x20 == 'b' || code[i+1] == '1' || code[i+1] == '2')
	}
	return true
}

func hasWord(code, word string) bool {
	return len(code) >= len(word) && strings.EqualFold(code[:len(word)], word)
}

// skipTo is the index of the next end after i, or the last of the code.
func skipTo(code string, i int, end byte) int {
	if n := strings.IndexByte(code[i+1:], end); n >= 0 {
		return i + 1 + n
	}
	return len(code)
}
