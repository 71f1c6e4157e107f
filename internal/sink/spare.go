package sink

import "sync"

// spare keeps the memory of blocks that are done with for the next ones: a
// block is megabytes, which new have to be brought in and cleared. It is safe
// for concurrent use.
type spare struct {
	mu   sync.Mutex
	free [][]byte
	size int // of the largest text so far
}

// take gives an empty text with room for as much as the largest so far has had,
// and a little.
func (s *spare) take() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		text := s.free[n-1]
		s.free = s.free[:n-1]
		return text[:0]
	}
	return make([]byte, 0, s.size+s.size/16)
}

// give takes a text back.
func (s *spare) give(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size = max(s.size, len(text))
	s.free = append(s.free, text)
}
