// Package logline writes logs for people: a line for each message.
package logline

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lines is a log for people: a line for each message, with the fields behind it.
type lines struct {
	to     *lockedWriter
	level  slog.Level
	fields string // that all messages have, as they are written
	group  string // prefix of the names of further fields
}

// lockedWriter is what several handlers write to, a line at once.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

// New is a log handler for people. Messages below the level are dropped.
func New(to io.Writer, level slog.Level) slog.Handler {
	return &lines{to: &lockedWriter{to: to}, level: level}
}

// Enabled tells whether messages of a level are written.
func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

// Handle writes a message.
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %-5s %s%s", r.Time.Format(time.TimeOnly), r.Level, OneLine(r.Message), l.fields)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(l.field(a))
		return true
	})
	b.WriteByte('\n')
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	_, err := l.to.to.Write(b.Bytes())
	return err
}

// WithAttrs is the log whose messages have some more fields.
func (l *lines) WithAttrs(attributes []slog.Attr) slog.Handler {
	with := *l
	for _, a := range attributes {
		with.fields += l.field(a)
	}
	return &with
}

// WithGroup is the log whose further fields have a common prefix.
func (l *lines) WithGroup(name string) slog.Handler {
	with := *l
	if name != "" {
		with.group += name + "."
	}
	return &with
}

// field writes a field: " name=value".
func (l *lines) field(a slog.Attr) string {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		within := *l
		if a.Key != "" {
			within.group += a.Key + "."
		}
		var b strings.Builder
		for _, member := range v.Group() {
			b.WriteString(within.field(member))
		}
		return b.String()
	}
	text := v.String()
	switch any := v.Any().(type) {
	case time.Time:
		text = any.Format(time.RFC3339)
	case []byte:
		text = string(any)
	case interface{ MarshalJSON() ([]byte, error) }:
		if encoded, err := any.MarshalJSON(); err == nil {
			text = string(encoded)
		}
	}
	if a.Key == "" {
		return ""
	}
	if text == "" || strings.ContainsAny(text, " =\"\\") || OneLine(text) != text {
		text = strconv.Quote(text)
	}
	return " " + l.group + a.Key + "=" + text
}

// OneLine keeps a text from looking like several messages.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}
