package edit

import "strings"

// History are the texts that were entered, the oldest first.
type History struct {
	entries []string
}

// Add adds a text, unless it is the one that was added last.
func (h *History) Add(text string) {
	if n := len(h.entries); n == 0 || h.entries[n-1] != text {
		h.entries = append(h.entries, text)
	}
}

// recall is a walk through the history: over what begins as the text did that
// the walk began with.
type recall struct {
	history *History
	at      int    // index of the entry that is shown; their number for the text itself
	text    string // that the walk began with
}

// back is the entry before; false if there is none. The walk begins by it.
func (r *recall) back(text string) (string, bool) { return r.walk(-1, text) }

// forward is the entry after, or at last the text that the walk began with.
func (r *recall) forward(text string) (string, bool) { return r.walk(1, text) }

func (r *recall) walk(by int, text string) (string, bool) {
	entries := r.history.entries
	if r.at >= len(entries) {
		if by > 0 {
			return "", false
		}
		r.at, r.text = len(entries), text
	}
	for at := r.at + by; at >= 0 && at < len(entries); at += by {
		if strings.HasPrefix(entries[at], r.text) && entries[at] != text {
			r.at = at
			return entries[at], true
		}
	}
	if by > 0 {
		r.at = len(entries)
		return r.text, true
	}
	return "", false
}

// search is a search back through the history for a part of a text.
type search struct {
	part string
	at   int    // index of the entry that was found; the number of entries if none was
	text string // what was there before the search
}

// find looks for the part in the entries before index below; it changes nothing
// if there is none.
func (s *search) find(h *History, below int) bool {
	for at := min(below, len(h.entries)) - 1; at >= 0; at-- {
		if strings.Contains(h.entries[at], s.part) {
			s.at = at
			return true
		}
	}
	return false
}
