package main

import (
	"strconv"
	"strings"
)

// people makes the records of one table. What it makes of a user depends on the
// table, the user and the slot alone, so that records can be made in any order.
type people struct {
	users int
	messy bool
	table uint64
	dates *calendar
}

func newPeople(users int, messy bool, table uint64) *people {
	return &people{users: users, messy: messy, table: table, dates: newCalendar()}
}

// Beside those of a user's records, draw has the numbers of the user, and of
// the times of its records.
const (
	ofUser = 15
	ofTime = 8 // and the slot
)

// draw begins the random numbers of one of a user's records.
func (p *people) draw(user, slot int) draw {
	return draw(mix(p.table<<56 ^ uint64(user)<<4 ^ uint64(slot)))
}

// created is when a user's account was, in any table.
func created(user int) int64 {
	d := draw(mix(uint64(user) ^ 1<<63))
	return firstCreated + d.below(lastCreated-firstCreated)
}

// account is one record for each user; messy, a second for some, that is older
// or newer, or the same once more.
func (p *people) account(line []byte, user, slot int) []byte {
	first, d := p.draw(user, ofUser), p.draw(user, 0)
	updated := created(user) + first.below(lastEvent-created(user))
	internal := first.below(50) == 0
	if slot > 0 {
		again := p.draw(user, slot)
		if again.below(100) >= 3 {
			return line
		}
		if again.below(16) > 0 {
			d = again // other spellings, another address
			internal = internal != (again.below(8) == 0)
			updated = other(updated, created(user)+again.below(lastEvent-created(user)))
		}
	}
	line = append(appendID(line, user), ',')
	line = append(p.email(line, &d, user), ',')
	line = append(p.dates.appendTime(line, created(user)), ',')
	line = append(p.dates.appendTime(line, updated), ',')
	return p.appendBool(line, &d, internal)
}

// other is a time, or the second after where it is the same: whichever record
// is the latest is never settled by their order alone.
func other(than, time int64) int64 {
	if time == than {
		return time + 1
	}
	return time
}

// email is one that no other user has; messy, some are missing, in capitals or
// have white space around.
func (p *people) email(line []byte, d *draw, user int) []byte {
	look := uint64(100)
	if p.messy {
		look = uint64(d.below(100))
	}
	if look == 0 {
		return line
	}
	if look < 6 {
		line = append(line, ' ')
	}
	start := len(line)
	line = append(line, firstNames[d.below(int64(len(firstNames)))]...)
	line = append(line, '.')
	line = append(line, lastNames[d.below(int64(len(lastNames)))]...)
	line = strconv.AppendInt(line, int64(user), 36)
	line = append(line, '@')
	line = append(line, hosts[d.below(int64(len(hosts)))]...)
	if look < 12 {
		copy(line[start:], strings.ToUpper(string(line[start:])))
	}
	if look >= 3 && look < 9 {
		line = append(line, ' ')
	}
	return line
}

// appendBool is true or false; messy, in any spelling.
func (p *people) appendBool(line []byte, d *draw, v bool) []byte {
	spellings := &spellingsOf[0]
	if v {
		spellings = &spellingsOf[1]
	}
	if !p.messy {
		return append(line, spellings[0]...)
	}
	return append(line, spellings[d.below(int64(len(spellings)))]...)
}

// closure is of every tenth user; messy, some close twice.
func (p *people) closure(line []byte, user, slot int) []byte { return p.event(line, user, slot, 10) }

// reactivation is of every twentieth user; messy, some reopen twice.
func (p *people) reactivation(line []byte, user, slot int) []byte {
	return p.event(line, user, slot, 20)
}

func (p *people) event(line []byte, user, slot int, oneOf int64) []byte {
	whose, d := p.draw(user, ofUser), p.draw(user, slot)
	if whose.below(oneOf) > 0 || slot > 0 && d.below(5) > 0 {
		return line
	}
	return p.appendEvent(append(appendID(line, user), ','), user, slot)
}

// appendEvent is a time after the account was created.
func (p *people) appendEvent(line []byte, user, slot int) []byte {
	d := p.draw(user, ofTime+slot)
	return p.dates.appendTime(line, created(user)+d.below(lastEvent-created(user)))
}

// preference is one record for each user; messy, up to four, some at the same
// second, and none of some who came before one was asked for.
func (p *people) preference(line []byte, user, slot int) []byte {
	whose, d := p.draw(user, ofUser), p.draw(user, slot)
	if p.messy {
		many := whose.below(20) // 12 of 20 have one, 5 two, 2 three, 1 four
		if created(user) < asked && whose.below(3) == 0 || slot > 0 && many < 12 || slot > 1 && many < 17 || slot > 2 && many < 19 {
			return line
		}
	}
	line = append(appendID(line, user), ',')
	line = append(p.appendBool(line, &d, d.below(2) == 0), ',')
	if slot > 0 && d.below(50) == 0 {
		slot--
	}
	return p.appendEvent(line, user, slot)
}

// attributes is of nine users in ten; messy, with gaps, in any spelling, and
// some stand there twice.
func (p *people) attributes(line []byte, user, slot int) []byte {
	d, look := p.draw(user, ofUser), p.draw(user, slot)
	if d.below(10) == 0 || slot > 0 && look.below(200) > 0 {
		return line
	}
	gender, country := genders[d.below(int64(len(genders)))], countries[d.below(int64(len(countries)))]
	born := firstBorn + d.below(lastBorn-firstBorn)
	line = append(appendID(line, user), ',')
	line = append(p.spell(line, &look, gender, d.below(25)), ',')
	line = append(p.spell(line, &look, country, d.below(50)), ',')
	if p.messy && d.below(50) == 0 {
		return line
	}
	return p.dates.appendDate(line, born)
}

// spell is a text; messy, nothing where gap is 0, in any case, with white space.
func (p *people) spell(line []byte, look *draw, text string, gap int64) []byte {
	if !p.messy {
		return append(line, text...)
	}
	if gap == 0 {
		return line
	}
	switch look.below(16) {
	case 0:
		return append(line, strings.ToLower(text)...)
	case 1:
		return append(append(line, ' '), text...)
	case 2:
		return append(append(line, text...), ' ')
	}
	return append(line, text...)
}

var (
	firstNames = strings.Fields("ada alan anna ben carla carlos chen dana david edsger emma frances grace hedy ivan james jean john katherine linus lucia margaret maria mary niklaus olga omar priya radia robert rosa sam sofia tim tony yuki")
	lastNames  = strings.Fields("allen backus bell berners clarke codd dijkstra easley gray hamilton hoare hopper ito johnson kay khan knuth lamarr lamport liskov lovelace murphy nguyen okafor patel perlman ritchie rossi shannon silva smith thompson turing vaughan wilkes wirth")
	hosts      = []string{"example.com", "example.com", "example.com", "example.org", "example.net", "mail.example.com", "post.example.org"}
	genders    = []string{"M", "F"}
	countries  = strings.Fields("GB GB GB GB GB GB US US US IE IE CA CA ZA ZA AU IN AE FR DE ES IT NA NZ")
	// What both Martlet and DuckDB read as false and as true.
	spellingsOf = [2][10]string{
		{"false", "false", "false", "False", "FALSE", "f", "no", "N", " false", "0"},
		{"true", "true", "true", "True", "TRUE", "t", "yes", "Y", " true", "1"},
	}
)
