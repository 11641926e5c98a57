package repl

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// paint adds colours to text, or where it is false leaves it as it is. What is
// painted has its final layout already: the codes take no room on a screen.
type paint bool

// coloured tells whether output is painted: on a terminal that knows colours,
// unless the user wants none (no-color.org).
func coloured(terminal bool, getenv func(string) string) paint {
	return paint(terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb")
}

// Codes of SGR, "select graphic rendition" (ECMA-48, 8.3.117).
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p paint) as(code, text string) string {
	if !bool(p) || text == "" || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// moods are the colours of the words by which Kubernetes says how things are.
var moods = func() map[string]string {
	words := map[string]string{}
	for code, list := range map[string]string{
		green: "Active Available Bound Complete Completed Ready Running Succeeded running",
		yellow: "ContainerCreating NotReady,SchedulingDisabled Pending PodInitializing Ready,SchedulingDisabled Released " +
			"SchedulingDisabled Suspended Terminating Unknown Warning waiting",
		red: "<gone> BackOff ContainerStatusUnknown CrashLoopBackOff CreateContainerConfigError CreateContainerError " +
			"DeadlineExceeded ErrImageNeverPull ErrImagePull Error Evicted Failed ImageInspectError ImagePullBackOff " +
			"InvalidImageName Lost NotReady OOMKilled RunContainerError",
	} {
		for word := range strings.FieldsSeq(list) {
			words[word] = code
		}
	}
	return words
}()

// mood is the colour of a cell or state: of "Init:Error" that of its error, of
// "waiting: ImagePullBackOff: ..." that of its reason.
func mood(cell string) string {
	first, rest, more := strings.Cut(cell, ": ")
	if code := moods[first]; code != "" {
		reason, _, _ := strings.Cut(rest, ": ")
		reason, _, _ = strings.Cut(reason, ", ")
		if of := moods[reason]; more && of != "" {
			return of
		}
		return code
	}
	return moods[strings.TrimPrefix(cell, "Init:")]
}

// cell is what stands in a line of a table: text between which are two blanks
// at least.
var cell = regexp.MustCompile(`\S+(?: \S+)*`)

// cells paints the cells of a line that say how things are.
func (p paint) cells(line string) string {
	if !p {
		return line
	}
	return cell.ReplaceAllStringFunc(line, func(text string) string { return p.as(mood(text), text) })
}

// plain is text without the characters by which it could act on a terminal.
func plain(text string) string {
	if strings.IndexFunc(text, acts) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !acts(r):
			b.WriteRune(r)
		case r < 0x20:
			b.WriteString("^" + string('@'+r))
		default:
			b.WriteString("^?")
		}
	}
	return b.String()
}

func acts(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError }

// escapes are the codes of colours.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// cut is a line, painted or not, that isn't wider than a screen; width 0 is any.
func cut(line string, width int) string {
	if width <= 0 || columns.Of(line) <= width {
		return line
	}
	var b strings.Builder
	room, painted := width-1, false
	for {
		if code := escapes.FindStringIndex(line); code != nil && code[0] == 0 {
			b.WriteString(line[:code[1]])
			line, painted = line[code[1]:], true
			continue
		}
		_, size := utf8.DecodeRuneInString(line)
		if room -= columns.Of(line[:size]); room < 0 {
			break
		}
		b.WriteString(line[:size])
		line = line[size:]
	}
	b.WriteString("…")
	if painted {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

// wrap breaks a text between words into at most the given number of lines of a
// width; 0 is any.
func wrap(text string, width, most int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case width <= 0 || columns.Of(line)+1+columns.Of(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	lines = append(lines, line)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] += " …"
	}
	for i := range lines {
		lines[i] = cut(lines[i], width)
	}
	return lines
}
