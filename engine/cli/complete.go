package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local"
)

// offer is what may stand in the place of a word.
type offer struct {
	words []suggestion
	rest  directive
}

// suggestion is a word that may stand there.
type suggestion struct{ word, about string }

// directive says what else may stand there. They are those of the library cobra,
// which kubectl asks its plugins for.
type directive int

const (
	anyFile  directive = 0  // a file, unless there are words
	nothing  directive = 4  // no file
	someFile directive = 8  // a file with one of the words for its ending
	aFolder  directive = 16 // a folder
)

// files are files with these endings.
func files(endings ...string) offer { return offer{words(endings...).words, someFile} }

func folders() offer { return offer{rest: aFolder} }

// words are these words and nothing else.
func words(list ...string) offer {
	o := offer{rest: nothing}
	for _, w := range list {
		o.words = append(o.words, suggestion{word: w})
	}
	return o
}

// print prints an offer as kubectl and the scripts of the shells read it.
func (o offer) print(to io.Writer) {
	for _, s := range o.words {
		fmt.Fprint(to, s.word)
		if s.about != "" {
			fmt.Fprint(to, "\t", s.about)
		}
		fmt.Fprintln(to)
	}
	fmt.Fprintf(to, ":%d\n", o.rest)
}

// starting are those words of an offer that start with a text.
func (o offer) starting(text string) offer {
	if o.rest == someFile {
		return o
	}
	all := o.words
	o.words = nil
	for _, s := range all {
		if strings.HasPrefix(s.word, text) {
			o.words = append(o.words, s)
		}
	}
	return o
}

// completed is what may stand in the place of the last of the words of a command
// line, with that for its beginning.
func completed(ctx context.Context, line []string) offer {
	if len(line) == 0 {
		line = []string{""}
	}
	last := line[len(line)-1]
	c := newCompleter()
	for _, word := range line[:len(line)-1] {
		c.take(word)
	}
	name, value, given := strings.Cut(last, "=")
	switch flag := c.flag(name); {
	case c.open != nil:
		return c.valueOf(ctx, c.open).starting(last)
	case given && flag != nil && c.takesFlags():
		return c.valueOf(ctx, flag).starting(value)
	case c.takesFlags() && strings.HasPrefix(last, "-"):
		return c.flagNames().starting(last)
	}
	return c.word(last).starting(last)
}

// completer reads the words before one that is completed.
type completer struct {
	options options
	flags   *pflag.FlagSet // those that may stand here
	command *command       // nil before one
	open    *pflag.Flag    // whose value is the next word, nil for none
	words   []string       // those of the command, or of a script: it is the first
	ended   bool           // by "--"
}

func newCompleter() *completer {
	var c completer
	c.flags = c.options.all()
	c.options.given = c.flags
	return &c
}

// flag is the flag that a word such as --name or -n is for, nil for none.
func (c *completer) flag(word string) *pflag.Flag {
	if name, long := strings.CutPrefix(word, "--"); long {
		return c.flags.Lookup(name)
	}
	if len(word) == 2 && word[0] == '-' {
		return c.flags.ShorthandLookup(word[1:])
	}
	return nil
}

// takesFlags tells whether a flag may stand here: behind a script its own stand.
func (c *completer) takesFlags() bool {
	ofScript := c.command == nil || c.command.name == "plan"
	return !c.ended && !(ofScript && len(c.words) > 0)
}

// take takes a word. Mistakes are left to whoever runs the line.
func (c *completer) take(word string) {
	if c.open != nil {
		_ = c.open.Value.Set(word)
		c.open.Changed, c.open = true, nil
		return
	}
	if c.takesFlags() && len(word) > 1 && word[0] == '-' {
		c.ended = word == "--"
		name, value, given := strings.Cut(word, "=")
		switch f := c.flag(name); {
		case f == nil:
		case given:
			_ = f.Value.Set(value)
		case f.NoOptDefVal != "":
			_ = f.Value.Set(f.NoOptDefVal)
		default:
			c.open = f
		}
		return
	}
	if named, is := commandNamed(word); is && c.takesCommand() {
		c.command, c.flags = &named, named.ownFlags()
		c.flags.AddFlagSet(c.options.named(named.behind))
		return
	}
	c.words = append(c.words, word)
}

// takesCommand tells whether a command may stand here.
func (c *completer) takesCommand() bool {
	return c.command == nil && len(c.words) == 0 && !c.ended && c.options.code == "" && !c.options.prompt
}

// word is what a word that is no flag may be, of which there is a beginning.
func (c *completer) word(last string) offer {
	switch {
	case c.takesCommand():
		return offer{append(commandNames(), scripts(last)...), anyFile}
	case c.command != nil && c.command.name == "help" && len(c.words) == 0:
		return offer{append(commandNames(), topicNames()...), nothing}
	case c.command == nil, c.command.name == "plan" && len(c.words) > 0:
		return offer{rest: anyFile}
	}
	takes := c.command.takes
	if takes.rest == nothing && len(c.words) > 0 {
		return words()
	}
	return takes
}

func commandNames() (names []suggestion) {
	for _, c := range commands() {
		names = append(names, suggestion{c.name, c.summary})
	}
	return names
}

// scripts are the scripts whose paths start with a text. A shell offers files only
// where nothing else is offered.
func scripts(start string) (paths []suggestion) {
	found, _ := filepath.Glob(start + "*.lua") // nothing where the text is a bad pattern
	for _, path := range found {
		paths = append(paths, suggestion{word: path})
	}
	return paths
}

func topicNames() (names []suggestion) {
	for _, t := range topics() {
		names = append(names, suggestion{t.name, t.summary})
	}
	return names
}

// flagNames are the flags that may stand here.
func (c *completer) flagNames() offer {
	names := words()
	if c.command != nil && c.command.name == "cluster" && len(c.words) > 0 && c.words[0] != "up" {
		return names
	}
	c.flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			_, about := pflag.UnquoteUsage(f)
			names.words = append(names.words, suggestion{"--" + f.Name, about})
		}
	})
	return names
}

// valueOf is what the value of a flag may be.
func (c *completer) valueOf(ctx context.Context, f *pflag.Flag) offer {
	if of, is := f.Value.(interface{ choices() []string }); is {
		return words(of.choices()...)
	}
	switch f.Name {
	case "context":
		return c.contexts(func(of kube.Context) string { return of.Name })
	case "cluster":
		return c.contexts(func(of kube.Context) string { return of.Cluster })
	case "namespace", "protect":
		return c.namespaces(ctx)
	case "certificate-authority", "client-certificate", "client-key":
		return offer{rest: anyFile}
	}
	switch kind, _ := pflag.UnquoteUsage(f); kind {
	case "FILE", "PATH":
		return offer{rest: anyFile}
	case "DIR":
		return folders()
	}
	return words()
}

// contexts are the names that the contexts of the kubeconfig have, or something of
// them.
func (c *completer) contexts(name func(kube.Context) string) offer {
	contexts, _ := c.options.cluster.Contexts() // where there is no kubeconfig there are none
	var names []string
	for _, of := range contexts {
		names = append(names, name(of))
	}
	return words(names...)
}

// clusterPatience is how long a cluster may take to answer: somebody waits.
const clusterPatience = time.Second

// namespaces are those of the cluster, none where it doesn't answer soon.
func (c *completer) namespaces(ctx context.Context) offer {
	ctx, cancel := context.WithTimeout(ctx, clusterPatience)
	defer cancel()
	found := make(chan offer, 1) // whatever holds up a login holds up nobody here
	go func() { found <- words(c.askNamespaces(ctx)...) }()
	select {
	case names := <-found:
		return names
	case <-ctx.Done():
		return words()
	}
}

func (c *completer) askNamespaces(ctx context.Context) []string {
	o := c.options.cluster
	if c.options.local {
		status, err := local.Find(ctx, local.Options{})
		if err != nil {
			return nil
		}
		o.Kubeconfig = status.Kubeconfig
	}
	o.UserAgent = userAgent()
	cluster, err := kube.Connect(o)
	if err != nil {
		return nil
	}
	defer cluster.Close()
	names, err := cluster.Builtin("namespaces").Names(ctx)
	if err != nil {
		return nil
	}
	var list []string
	for _, o := range names.Objects {
		list = append(list, o.Name)
	}
	return list
}
