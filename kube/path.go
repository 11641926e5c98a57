package kube

import (
	"strconv"
	"strings"
)

// PathStep is a step of a path into an object: to the member of an object with a
// key, or to the element of an array, counted from 1.
type PathStep struct {
	Key     string
	Index   int
	Element bool // whether it is the latter
}

// ParsePath reads a path: names joined by dots, [n] from 1, ["a.b/c"] for names
// with dots: `status.conditions[1].type`. It tells whether it is one.
func ParsePath(path string) ([]PathStep, bool) {
	var steps []PathStep
	for rest := path; rest != ""; {
		if rest[0] != '[' {
			if len(steps) > 0 {
				if rest[0] != '.' {
					return nil, false
				}
				rest = rest[1:]
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil, false
			}
			steps, rest = append(steps, PathStep{Key: rest[:end]}), rest[end:]
			continue
		}
		if strings.HasPrefix(rest, `["`) {
			key, after, ok := strings.Cut(rest[2:], `"]`)
			if !ok {
				return nil, false
			}
			steps, rest = append(steps, PathStep{Key: key}), after
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, false
		}
		n, err := strconv.Atoi(rest[1:end])
		if err != nil {
			return nil, false
		}
		steps, rest = append(steps, PathStep{Index: n, Element: true}), rest[end+1:]
	}
	return steps, len(steps) > 0
}

// walk follows a path; absent where it leads nowhere.
func (v Value) walk(steps []PathStep) Value {
	for _, s := range steps {
		if s.Element {
			v = v.Index(s.Index - 1)
		} else {
			v = v.Get(s.Key)
		}
	}
	return v
}
