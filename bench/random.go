package main

import (
	"math/bits"
	"time"
)

// draw is a stream of random numbers, cheap to begin (splitmix64).
type draw uint64

func (d *draw) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// below is from 0 to n-1.
func (d *draw) below(n int64) int64 {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int64(high)
}

// mix spreads every bit of x over all.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// permutation is an order of 0 to n-1 that takes no memory: a Feistel network
// over the next power of four, walked until it lands below n.
type permutation struct {
	n, key uint64
	half   uint // bits of a half
}

func newPermutation(n int, key uint64) permutation {
	return permutation{uint64(n), mix(key ^ 1<<62), uint(bits.Len64(uint64(max(n, 2)-1))+1) / 2}
}

func (p permutation) at(i int) int {
	x := uint64(i)
	mask := uint64(1)<<p.half - 1
	for {
		left, right := x>>p.half, x&mask
		for round := range uint64(4) {
			left, right = right, left^mix(right^p.key+round)&mask
		}
		if x = left<<p.half | right; x < p.n {
			return int(x)
		}
	}
}

// calendar has every date as text. Times are seconds, dates days, since 1970.
type calendar struct{ text []byte }

const (
	day       = 86400
	firstDate = -14610 // 1930-01-01
	lastDate  = 20089  // 2025-01-01
)

func newCalendar() *calendar {
	c := &calendar{text: make([]byte, 0, (lastDate-firstDate)*len(time.DateOnly))}
	for d := int64(firstDate); d < lastDate; d++ {
		c.text = time.Unix(d*day, 0).UTC().AppendFormat(c.text, time.DateOnly)
	}
	return c
}

func (c *calendar) appendDate(line []byte, date int64) []byte {
	at := (date - firstDate) * int64(len(time.DateOnly))
	return append(line, c.text[at:at+int64(len(time.DateOnly))]...)
}

func (c *calendar) appendTime(line []byte, t int64) []byte {
	s := t % day
	line = append(c.appendDate(line, t/day), ' ')
	return append(line,
		byte('0'+s/36000), byte('0'+s/3600%10), ':', byte('0'+s/600%6), byte('0'+s/60%10), ':', byte('0'+s/10%6), byte('0'+s%10))
}

// Accounts come from 2015 on; nothing happens within the last minute before the
// as-of time, nor after it.
var (
	firstCreated = seconds(2015, 1, 1)
	lastCreated  = seconds(2024, 4, 1)
	lastEvent    = seconds(2024, 5, 1) - 60
	asked        = seconds(2020, 1, 1) // since when a preference is asked for
	firstBorn    = seconds(1931, 1, 1) / day
	lastBorn     = seconds(2006, 1, 1) / day
)

func seconds(year, month, dayOfMonth int) int64 {
	return time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC).Unix()
}
