package stdlib

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
	"github.com/kubelua/kubelua/stdlib/logline"
)

// logLevels are the levels by the names of their functions.
var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug,
	"error": slog.LevelError,
	"info":  slog.LevelInfo,
	"warn":  slog.LevelWarn,
}

// logs is what the module log writes to, for all loggers of a VM.
type logs struct {
	host   host.Host
	level  slog.LevelVar
	format string
}

// logFormats are the handlers by the names of the formats.
var logFormats = map[string]func(*logs) slog.Handler{
	"json": func(l *logs) slog.Handler {
		return slog.NewJSONHandler(l.host.Stderr(), &slog.HandlerOptions{Level: &l.level})
	},
	"text": func(l *logs) slog.Handler { return logline.New(l.host.Stderr(), l.level.Level()) },
}

// logger writes messages, all of which have some fields.
type logger struct {
	logs   *logs
	fields []slog.Attr
}

// openLog opens the module log: the methods of a logger without fields as
// functions, and what is set for all.
func openLog(L *lua.LState, h host.Host) lua.LValue {
	all := &logs{host: h, format: "text"}
	module := functions{
		"format": func(c call) int {
			if !c.absent(1) {
				all.format = oneOf(c, c.text(1, "log.format: the format"), "format", logFormats)
			}
			return c.push(lua.LString(all.format))
		},
		"level": func(c call) int {
			if !c.absent(1) {
				all.level.Set(logLevels[oneOf(c, c.text(1, "log.level: the level"), "level", logLevels)])
			}
			for name, level := range logLevels {
				if level == all.level.Level() {
					c.push(lua.LString(name))
				}
			}
			return 1
		},
		"with": func(c call) int { return logger{logs: all}.with(c, 1) },
	}
	for name, level := range logLevels {
		module[name] = func(c call) int { return logger{logs: all}.write(c, level, 1) }
	}
	return module.open(L, h)
}

// oneOf is a name that is a key of known, or raises.
func oneOf[T any](c call, name, what string, known map[string]T) string {
	if _, ok := known[name]; !ok {
		var names []string
		for n := range known {
			names = append(names, n)
		}
		c.invalid("unknown %s %q%s", what, name, c.host.Suggest(name, names))
	}
	return name
}

func loggerClass() class[logger] {
	at := func(level slog.Level) func(call, logger) int {
		return func(c call, l logger) int { return l.write(c, level, 2) }
	}
	return class[logger]{
		name:       "logger",
		documented: "log.Logger",
		methods: map[string]func(call, logger) int{
			"debug": at(slog.LevelDebug),
			"error": at(slog.LevelError),
			"info":  at(slog.LevelInfo),
			"warn":  at(slog.LevelWarn),
			"with":  func(c call, l logger) int { return l.with(c, 2) },
		},
		text: func(logger) string { return "logger" },
	}
}

// with pushes a logger that has the fields of argument i, too.
func (l logger) with(c call, i int) int {
	more := logger{l.logs, append(slices.Clip(l.fields), c.logFields(c.table(i, "log: the fields"))...)}
	return c.push(object(c, more, loggerClass))
}

// write writes the message at argument i with the fields behind it.
func (l logger) write(c call, level slog.Level, i int) int {
	message, fields := toString(c.L, c.L.CheckAny(i)), l.fields
	if !c.absent(i + 1) {
		fields = append(slices.Clip(fields), c.logFields(c.table(i+1, "log: the fields"))...)
	}
	handler := logFormats[l.logs.format](l.logs)
	if !handler.Enabled(context.Background(), level) {
		return 0
	}
	record := slog.NewRecord(c.host.Now(), level, message, 0)
	record.AddAttrs(fields...)
	c.raise(handler.Handle(context.Background(), record))
	return 0
}

// logFields are the fields of a table in the order of their names.
func (c call) logFields(t *lua.LTable) (fields []slog.Attr) {
	t.ForEach(func(key, v lua.LValue) {
		if key.Type() != lua.LTString {
			c.invalid("log: the fields must have names, not %s", host.Quoted(key))
		}
		fields = append(fields, slog.Any(key.String(), Logged(c.L, c.host, v)))
	})
	slices.SortFunc(fields, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return fields
}

// Logged is a value as logs have it: numbers and booleans as they are, tables as
// data with the values of secrets masked, everything else as its text.
func Logged(L *lua.LState, h host.Host, v lua.LValue) any {
	switch v := v.(type) {
	case lua.LBool:
		return bool(v)
	case lua.LNumber:
		return float64(v)
	case *lua.LTable:
		if text, err := h.Shown(L, v, "the field"); err == nil {
			return json.RawMessage(text)
		}
	}
	return toString(L, v)
}
