package scripts_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// shell reads lines of a shell that aren't run, because they are about another
// cluster, or for ever: the shell can parse them, and kubelua knows the flags.
func (r *reader) shell(b block) {
	cmd := exec.Command("sh", "-n")
	cmd.Stdin = strings.NewReader(b.text)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.wrong("%v: %s", err, out)
	}
	checkUses(r.T, r.page, b.text)
}

// TestUses reads the calls of kubelua that stand in the texts of the pages:
// commands and flags are those that help tells of.
func TestUses(t *testing.T) {
	indented := regexp.MustCompile(`(?m)^ {4}(?:\$ )?((?:[A-Z_]+=\S* )*(?:bin/)?kubelua.*)$`)
	inline := regexp.MustCompile("`((?:bin/)?kubelua [^`]+)`")
	for _, name := range pages(t) {
		text, blocks := page(t, name)
		for _, b := range blocks {
			text = strings.Replace(text, b.text, "", 1)
		}
		for _, m := range append(indented.FindAllStringSubmatch(text, -1), inline.FindAllStringSubmatch(text, -1)...) {
			checkUses(t, name, m[1]+"\n")
		}
	}
}

// use is a call of kubelua in a text: what follows its name.
var use = regexp.MustCompile(`(?m)(?:^|[ (;|&])(?:bin/)?kubelua((?:[ ](?:'[^']*'|"[^"]*"|[^\s;|&)'"#]+)+)*)`)

// checkUses checks the calls of kubelua in lines of a shell.
func checkUses(t *testing.T, page, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, "\\\n", " ")
	for _, m := range use.FindAllStringSubmatch(text, -1) {
		if problem := checkUse(t, wordsOf(m[1])); problem != "" {
			t.Errorf("%s: kubelua%s: %s", page, m[1], problem)
		}
	}
}

// wordsOf are the words of a line, without their quotes.
func wordsOf(line string) []string {
	list := regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"]+)+`).FindAllString(line, -1)
	for i := range list {
		list[i] = strings.NewReplacer(`'`, "", `"`, "").Replace(list[i])
	}
	return list
}

// checkUse says what is wrong with a call of kubelua, as far as flags and
// commands tell. A script's own flags are its own.
func checkUse(t *testing.T, args []string) string {
	t.Helper()
	known := flagsOf(t, "", "connection", "guards", "permissions")
	command := ""
	for i := 0; i < len(args); i++ {
		name, _, assigned := strings.Cut(args[i], "=")
		switch {
		case !strings.HasPrefix(name, "-") || name == "-":
			switch {
			case command == "plan", command == "" && !slices.Contains(commandNames(t), name):
				if extension := filepath.Ext(name); extension != "" && extension != ".lua" {
					return name + " would be the script"
				}
				return "" // a script and what is its own
			case command == "":
				command = name
				known = append(known, flagsOf(t, name)...)
			}
		default:
			at := slices.IndexFunc(known, func(f flag) bool { return f.name == name || f.short == name })
			if at < 0 {
				return "there is no flag " + name
			}
			if known[at].value && !assigned {
				i++
			}
		}
	}
	return ""
}

// flag is a flag as help has it.
type flag struct {
	name, short string // "--eval", "-e"
	value       bool   // whether one follows
}

var (
	flagLine      = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[\w-]+)(?: ([A-Zs]\S*))?`)
	flagMention   = regexp.MustCompile(`(--[\w-]+)`)
	flagBracketed = regexp.MustCompile(`\[(--[\w-]+)( [\w|]+)?\]`)
)

// flagsOf are the flags that the help of some topics has.
func flagsOf(t *testing.T, topics ...string) []flag {
	t.Helper()
	var flags []flag
	for _, topic := range topics {
		text := manual(t)[topic]
		for _, m := range flagLine.FindAllStringSubmatch(text, -1) {
			flags = append(flags, flag{m[2], m[1], m[3] != "" && !strings.Contains(m[3], "[=")})
		}
		for _, m := range flagBracketed.FindAllStringSubmatch(text, -1) {
			flags = append(flags, flag{m[1], "", m[2] != ""})
		}
	}
	for _, topic := range topics {
		for _, name := range flagMention.FindAllString(manual(t)[topic], -1) {
			flags = append(flags, flag{name: name})
		}
	}
	return flags
}

// commandNames are the commands that help lists.
func commandNames(t *testing.T) []string {
	t.Helper()
	return listed(manual(t)[""])
}

func listed(help string) []string {
	_, list, _ := strings.Cut(help, "\nCommands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for line := range strings.Lines(list) {
		names = append(names, strings.Fields(line)[0])
	}
	return names
}

// manual is what kubelua help prints, by topic; "" is help itself.
func manual(t *testing.T) map[string]string {
	t.Helper()
	program(t)
	texts, err := readManual()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

var readManual = sync.OnceValues(func() (map[string]string, error) {
	texts := map[string]string{}
	topics := []string{""}
	for i := 0; i < len(topics); i++ {
		text, err := exec.Command(filepath.Join(binDir, "kubelua"), append([]string{"help"}, strings.Fields(topics[i])...)...).Output()
		if err != nil {
			return nil, fmt.Errorf("kubelua help %s: %w", topics[i], err)
		}
		texts[topics[i]] = string(text)
		if i == 0 {
			topics = append(append(topics, "connection", "guards", "permissions"), listed(string(text))...)
		}
	}
	return texts, nil
})
