package kube

import "time"

// ParseTime reads a time as Kubernetes writes it, RFC 3339 with or without
// fractions of a second, and plain dates (midnight UTC). It returns a
// ValueError for everything else.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, Errorf(ValueError, "%q is not a time (want RFC 3339, like 2026-03-01T12:00:00Z)", text)
}
