package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// manual is the page of the manual, in the macros of mdoc(7): the texts of help, in
// the order that pages have. The same build makes the same page.
func manual() string {
	var p manualPage
	var o options
	p.line(".Dd %s", buildTime().UTC().Format("January 2, 2006"))
	p.line(".Dt KUBELUA 1")
	p.line(".Os kubelua %s", programVersion())
	parts := paragraphs(usage)
	named := func(title string) []paragraph {
		return slices.DeleteFunc(slices.Clone(parts), func(p paragraph) bool { return p.title != title })
	}
	p.section("name")
	p.line(".Nm kubelua")
	p.line(".Nd run Lua scripts against Kubernetes clusters")
	p.section("synopsis")
	p.literal(named("Usage")[0].lines)
	p.section("description")
	exit := ""
	for _, para := range named("") {
		if text := strings.Join(para.lines, "\n"); strings.HasPrefix(text, exitCodes) {
			exit = strings.TrimPrefix(text, exitCodes)
			continue
		}
		p.prose(para.lines...)
	}
	p.prose("The flags are:")
	p.flags(o.flags())
	p.section("commands")
	for _, c := range commands() {
		p.line(".Ss kubelua %s: %s", c.name, c.summary)
		p.began = false
		p.help(c.help, c.ownFlags())
	}
	for _, t := range topics() {
		p.section(t.name)
		p.help(t.help, t.flags(&o))
	}
	p.section("exit status")
	p.prose(exit)
	p.section("examples")
	p.literal(named("Examples")[0].lines)
	p.section("see also")
	p.line(".Xr kubectl 1")
	return p.String()
}

// exitCodes begins the paragraph that has a section of its own.
const exitCodes = "Exit codes: "

// buildTime is the time of the commit that was built or, as reproducible builds ask
// for, of $SOURCE_DATE_EPOCH. Where neither is known it is now.
func buildTime() time.Time {
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil && s.Key == "vcs.time" {
				return at
			}
		}
	}
	return time.Now()
}

// paragraph is a paragraph of a help text. One with a title, such as "Examples:", has
// lines that are indented.
type paragraph struct {
	title string
	lines []string
}

// paragraphs are those of a help text. The flags in it are the line "%s".
func paragraphs(help string) (list []paragraph) {
	help = strings.ReplaceAll(help, "%s", "%s\n") // flags end with a line of their own
	for _, text := range strings.Split(help, "\n\n") {
		lines := strings.Split(strings.Trim(text, "\n"), "\n")
		title, rest, titled := strings.Cut(lines[0], ":")
		switch {
		case lines[0] == "":
			continue
		case titled && rest == "" && len(lines) > 1:
			list = append(list, paragraph{title, lines[1:]})
		default:
			list = append(list, paragraph{"", lines})
		}
	}
	return list
}

// manualPage is a page that is being written.
type manualPage struct {
	strings.Builder
	began bool // the section has text
}

// plain keeps the formatter from taking characters for something else than themselves.
var plain = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`)

// line writes a line, of which the arguments are text.
func (p *manualPage) line(format string, args ...any) {
	for i, arg := range args {
		args[i] = plain.Replace(fmt.Sprint(arg))
	}
	fmt.Fprintf(p, format+"\n", args...)
}

func (p *manualPage) section(title string) {
	p.line(".Sh %s", strings.ToUpper(title))
	p.began = false
}

// help writes a text of help, with the flags in the place that it has for them.
func (p *manualPage) help(text string, flags *pflag.FlagSet) {
	for _, para := range paragraphs(text) {
		if para.title != "" {
			p.prose(para.title + ":")
		}
		switch first := para.lines[0]; {
		case first == "%s":
			p.flags(flags)
		case strings.HasPrefix(first, "  "):
			p.literal(para.lines)
		default:
			p.prose(para.lines...)
		}
	}
}

// prose writes a paragraph.
func (p *manualPage) prose(lines ...string) {
	if p.began { // the first one needs no distance
		p.line(".Pp")
	}
	p.began = true
	p.text(strings.Join(lines, "\n"))
}

// text writes text, in which each sentence begins a line.
func (p *manualPage) text(text string) {
	for line := range strings.Lines(strings.ReplaceAll(text, ". ", ".\n")) {
		p.line(`\&%s`, strings.TrimSpace(line))
	}
}

// literal writes lines as they are.
func (p *manualPage) literal(lines []string) {
	p.line(".Bd -literal")
	for _, l := range lines {
		p.line(`\&%s`, l)
	}
	p.line(".Ed")
}

// flags writes a list of flags.
func (p *manualPage) flags(fs *pflag.FlagSet) {
	p.line(".Bl -tag -width Ds")
	fs.VisitAll(func(f *pflag.Flag) {
		value, about := pflag.UnquoteUsage(f)
		item := ".It Fl Fl " + f.Name
		if f.Shorthand != "" {
			item = ".It Fl " + f.Shorthand + " , Fl Fl " + f.Name
		}
		if value != "" {
			item += " Ar " + value
		}
		p.line("%s", item)
		if f.DefValue != "" && !slices.Contains([]string{"false", "0", "[]"}, f.DefValue) {
			about += " (default " + f.DefValue + ")"
		}
		p.text(about)
	})
	p.line(".El")
}
