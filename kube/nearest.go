package kube

import (
	"slices"
	"strings"
)

// maxNear is how many names a message suggests.
const maxNear = 3

// Nearest returns up to three of the known names that a typing mistake could
// have turned into name, the nearest first. Upper and lower case count as
// alike.
func Nearest(name string, known []string) []string {
	near := nearest(name, known)
	return near[:min(maxNear, len(near))]
}

// nearest is Nearest without a limit.
func nearest(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	if len(name) > 100 {
		return nil
	}
	name = strings.ToLower(name)
	limit := 1 + len(name)/4
	var near []candidate
	for _, k := range known {
		lower := strings.ToLower(k)
		d := distance(name, lower)
		// A name typed in part is near however long the rest is.
		if d > limit && len(name) >= 3 && strings.HasPrefix(lower, name) {
			d = limit
		}
		if d <= limit {
			near = append(near, candidate{k, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range near {
		names = append(names, c.name)
	}
	return names
}

// closest is nearest without the names that are farther than the first: where short
// names count, many are near by chance.
func closest(name string, known []string) []string {
	near := nearest(name, known)
	name = strings.ToLower(name)
	for i, n := range near {
		if distance(name, strings.ToLower(n)) > distance(name, strings.ToLower(near[0])) {
			return near[:i]
		}
	}
	return near
}

// distance is the number of single-byte insertions, deletions, substitutions
// and swaps of neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
