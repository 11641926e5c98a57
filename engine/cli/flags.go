package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// newFlags is a flag set that ends at the first word and prints nothing by
// itself.
func newFlags(name string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetInterspersed(false)
	fs.SortFlags = false
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

// parse parses flags; an unknown one gets the nearest names.
func parse(flags *pflag.FlagSet, args []string) error {
	err := flags.Parse(args)
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		flags.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return usageError("%w%s", err, suggest("--"+unknown.GetSpecifiedName(), names))
	}
	if err != nil {
		return usageError("%w", err)
	}
	return nil
}

// suggest is the end of a message about an unknown name.
func suggest(name string, known []string) string {
	near := kube.Nearest(name, known)
	if len(near) == 0 {
		return asCalled("; see kubelua help")
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// usage errors end with exit code 2.
type wrongUsage struct{ error }

func (e wrongUsage) ExitCode() int { return engine.ExitUsage }
func (e wrongUsage) Unwrap() error { return e.error }

func usageError(format string, args ...any) error {
	return wrongUsage{fmt.Errorf(asCalled(format), args...)}
}

// seconds is a flag for a duration: Go's notation or a number of seconds.
type seconds time.Duration

func (s *seconds) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

func (s *seconds) Type() string { return "duration" }

// Set parses a duration above zero.
func (s *seconds) Set(text string) error {
	d, err := time.ParseDuration(text)
	if n, numErr := strconv.ParseFloat(text, 64); numErr == nil {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil || d <= 0 {
		return errors.New("want a duration above zero: 90s, 5m, or seconds")
	}
	*s = seconds(d)
	return nil
}

// choice is a flag for one of some words.
type choice struct {
	of    *string
	among []string
}

// oneOf is a flag for one of some words, which is set to value, "" for none, until
// it is given.
func oneOf(of *string, value string, among ...string) choice {
	*of = value
	return choice{of, among}
}

func (c choice) String() string {
	if c.of == nil {
		return ""
	}
	return *c.of
}

func (c choice) Type() string      { return "string" }
func (c choice) choices() []string { return c.among }

// Set takes one of the words.
func (c choice) Set(text string) error {
	if !slices.Contains(c.among, text) {
		return errors.New("want " + strings.Join(c.among, " or "))
	}
	*c.of = text
	return nil
}

// size is a flag for a number of bytes, written as Kubernetes writes quantities.
type size int64

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return resource.NewQuantity(int64(*s), resource.BinarySI).String()
}

func (s *size) Type() string { return "size" }

// Set parses a size above zero.
func (s *size) Set(text string) error {
	q, err := resource.ParseQuantity(text)
	if err != nil || q.Value() <= 0 {
		return errors.New("want a size above zero: 64Mi, 1Gi, or bytes")
	}
	*s = size(q.Value())
	return nil
}
