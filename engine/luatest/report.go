package luatest

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Reporter is told what becomes of tests, one call at a time.
type Reporter interface {
	Begin(tests int)
	Test(r Result)
	End(c Count)
}

// Reporters tells several.
type Reporters []Reporter

// Begin tells all that the tests begin.
func (all Reporters) Begin(tests int) {
	for _, r := range all {
		r.Begin(tests)
	}
}

// Test tells all that a test has ended.
func (all Reporters) Test(result Result) {
	for _, r := range all {
		r.Test(result)
	}
}

// End tells all that all tests have ended.
func (all Reporters) End(c Count) {
	for _, r := range all {
		r.End(c)
	}
}

// Pretty reports for people: a line for each test, and what one that failed has
// printed.
type Pretty struct {
	To      io.Writer
	Verbose bool // shows what every test has printed
}

// Begin is nothing.
func (p Pretty) Begin(int) {}

// Test writes a line, and what belongs to it.
func (p Pretty) Test(r Result) {
	word := "ok"
	switch {
	case r.Failed():
		word = "FAIL"
	case r.Skipped:
		word = "skip"
	}
	line := fmt.Sprintf("%-5s %s  %s", word, r.ID(), short(r.Took))
	if r.Reason != "" && r.Skipped {
		line += "  (" + r.Reason + ")"
	}
	fmt.Fprintln(p.To, line)
	for _, failure := range r.Failures {
		fmt.Fprintln(p.To, indented(failure, "      "))
	}
	if r.Output != "" && (p.Verbose || r.Failed()) {
		fmt.Fprintln(p.To, indented(strings.TrimRight(r.Output, "\n"), "      | "))
	}
}

// End writes how many there were.
func (p Pretty) End(c Count) {
	fmt.Fprintf(p.To, "%d passed, %d failed, %d skipped in %s\n", c.Passed, c.Failed, c.Skipped, short(c.Took))
}

// short is a duration for people.
func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// indented puts something before each line.
func indented(text, before string) string {
	return before + strings.ReplaceAll(text, "\n", "\n"+before)
}

// TAP reports in the Test Anything Protocol, version 14.
type TAP struct {
	To io.Writer
	n  int
}

// Begin writes how many tests there will be.
func (t *TAP) Begin(tests int) { fmt.Fprintf(t.To, "TAP version 14\n1..%d\n", tests) }

// Test writes a test point.
func (t *TAP) Test(r Result) {
	t.n++
	line := fmt.Sprintf("ok %d - %s", t.n, inTAP.Replace(r.ID()))
	if r.Failed() {
		line = "not " + line
	}
	if r.Skipped {
		line = strings.TrimRight(line+" # SKIP "+inTAP.Replace(r.Reason), " ")
	}
	fmt.Fprintf(t.To, "%s\n  ---\n  duration_ms: %.3f\n", line, r.Took.Seconds()*1000)
	if r.Failed() {
		t.text("message", strings.Join(r.Failures, "\n"))
		t.text("output", r.Output)
	}
	fmt.Fprintln(t.To, "  ...")
}

// inTAP writes a text into a line, in which "#" begins something else.
var inTAP = strings.NewReplacer(`\`, `\\`, "#", `\#`, "\n", " ")

// text writes a text of the block below a test point, which is YAML. It tells how far
// the text is indented, which may begin with spaces.
func (t *TAP) text(key, text string) {
	if text = strings.TrimRight(printable(text), "\n"); text != "" {
		fmt.Fprintf(t.To, "  %s: |2-\n%s\n", key, indented(text, "    "))
	}
}

// End is nothing.
func (t *TAP) End(Count) {}

// printable is a text without what can't be in XML, or in YAML.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == utf8.RuneError || c == 0xfffe || c == 0xffff {
			return '?'
		}
		return c
	}, text)
}
