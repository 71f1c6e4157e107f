package arrowops

// bucketSlots is how many slots are in a bucket, a part of a segment that is one
// line of the processor's cache where slots have 8 bytes. In a table of buckets all
// hashes are multiples of it: the slots of a hash stand from the start of a bucket
// on, in the order in which they came, so that all of a bucket can be looked at
// without a branch.
const bucketSlots = 8

func newBuckets[S slot]() segments[S] {
	t := newSegments[S]()
	t.buckets = true
	return t
}

// divideBuckets moves the slots of the first segment that have the given bit to the
// second, which is empty, and gives how many there are in each. They stay in the
// buckets of their hashes, but those that had no room there come into them last.
func (t *segments[S]) divideBuckets(halves [2][]S, bit uint32) (used [2]int) {
	zeros, ones, strays := halves[0], halves[1], t.room(len(halves[0]))[:0]
	mask := uint32(len(zeros) - 1)
	var empty S
	for first := 0; first < len(zeros); first += bucketSlots {
		from, to := (*[bucketSlots]S)(zeros[first:]), (*[bucketSlots]S)(ones[first:])
		n, m := uint32(0), uint32(0)
		for i, x := range from {
			if x == empty {
				break
			}
			from[i] = empty
			h := x.hash()
			if h&mask != uint32(first) {
				strays = append(strays, x)
				continue
			}
			// To both, without a branch: one is written over, or taken back at the end.
			half := h >> bit & 1
			from[n%bucketSlots], to[m%bucketSlots] = x, x
			n += 1 - half
			m += half
		}
		if n < bucketSlots {
			from[n] = empty
		}
		if m < bucketSlots {
			to[m] = empty
		}
		used[0] += int(n)
		used[1] += int(m)
	}
	for _, x := range strays {
		h := x.hash()
		half := h >> bit & 1
		enter(halves[half], x, h)
		used[half]++
	}
	return used
}
