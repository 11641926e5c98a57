package stdlib

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// Programs are run without a shell between: what a script puts together can't
// turn into commands of its own.

// program is one that io.popen has started.
type program struct {
	stop  context.CancelFunc
	ended chan struct{}
	exit  host.Exit // once it has ended
	err   error
}

// execute is os.execute(command): the exit code and "exit", or the number of a
// signal and "signal". Without a command it tells whether there is a shell.
func (s *system) execute(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(0))
		return 1
	}
	words := commandWords(L, 1)
	var exit host.Exit
	err := s.host.Block(L, func(ctx context.Context) error {
		wait, err := s.host.Start(ctx, host.Command{Args: words, Stdin: s.host.Stdin(), Stdout: s.host.Stdout(), Stderr: s.host.Stderr()})
		if err == nil {
			exit, err = wait()
		}
		return err
	})
	if err != nil {
		return failure(s.host, L, "", err)
	}
	L.Push(lua.LNumber(exit.Code))
	L.Push(lua.LString(exitWay(exit)))
	return 2
}

func exitWay(e host.Exit) string {
	if e.Signal {
		return "signal"
	}
	return "exit"
}

// popen is io.popen(command [, mode]): a file that is a program's output, or its
// input where the mode is "w". The program is told to end when the file is
// forgotten or the task ends that started it.
func (s *files) popen(L *lua.LState) int {
	words := commandWords(L, 1)
	mode := strings.Replace(optString(L, 2, "r"), "b", "", 1)
	if mode != "r" && mode != "w" {
		L.ArgError(2, "invalid mode (want r or w)")
	}
	from, to, err := os.Pipe()
	if err != nil {
		return failure(s.host, L, "", err)
	}
	command := host.Command{Args: words, Stdin: s.host.Stdin(), Stdout: s.host.Stdout(), Stderr: s.host.Stderr()}
	ours, theirs := from, to
	if mode == "r" {
		command.Stdout = to
	} else {
		command.Stdin = from
		ours, theirs = to, from
	}
	p := &program{ended: make(chan struct{})}
	err = s.host.Block(L, func(ctx context.Context) error {
		ctx, p.stop = context.WithCancel(ctx)
		wait, err := s.host.Start(ctx, command)
		if err != nil {
			p.stop()
			return err
		}
		go func() {
			defer close(p.ended)
			defer p.stop()
			p.exit, p.err = wait()
		}()
		return nil
	})
	_ = theirs.Close()
	if err != nil {
		_ = ours.Close()
		return failure(s.host, L, "", err)
	}
	f := newFile(words[0])
	f.program, f.release, f.onClose = p, ours.Close, p.end
	if mode == "r" {
		f.reader = newInput(ours)
	} else {
		f.writer = bufio.NewWriterSize(ours, fileBuffer)
	}
	L.Push(s.value(L, f))
	return 1
}

// end tells the program to end and waits until it has.
func (p *program) end() {
	p.stop()
	<-p.ended
}

// pushExit waits for a program, and returns what file:close() does: true, or nil
// where it failed, and how it ended.
func (s *files) pushExit(L *lua.LState, p *program) int {
	err := s.host.Block(L, func(ctx context.Context) error {
		select {
		case <-p.ended:
			return p.err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	p.stop()
	if err != nil {
		return failure(s.host, L, "", err)
	}
	if p.exit == (host.Exit{}) {
		L.Push(lua.LTrue)
	} else {
		L.Push(lua.LNil)
	}
	L.Push(lua.LString(exitWay(p.exit)))
	L.Push(lua.LNumber(p.exit.Code))
	return 3
}

// commandWords is a command: a list of the program and its arguments, or a line
// of words.
func commandWords(L *lua.LState, n int) []string {
	var words []string
	switch command := L.Get(n).(type) {
	case *lua.LTable:
		for i := 1; i <= command.Len(); i++ {
			word := command.RawGetInt(i)
			if !lua.LVCanConvToString(word) {
				L.ArgError(n, fmt.Sprintf("word %d of the command must be a string, not %s", i, word.Type()))
			}
			words = append(words, plainText(word))
		}
	default:
		var err error
		if words, err = splitWords(L.CheckString(n)); err != nil {
			L.ArgError(n, err.Error())
		}
	}
	if len(words) == 0 || words[0] == "" {
		L.ArgError(n, "the command is empty")
	}
	for _, word := range words {
		if strings.IndexByte(word, 0) >= 0 {
			L.ArgError(n, "a word of the command holds a zero byte")
		}
	}
	return words
}

// splitWords splits a line into words at blanks, as a shell does, with its quotes
// and its backslash. What a shell would do more for is an error.
func splitWords(line string) ([]string, error) {
	var words []string
	var word []byte
	var quote byte // that is open, 0 for none
	begun := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == '\'':
			word = append(word, c)
		case c == '\\':
			if i++; i == len(line) {
				return nil, errors.New(`the command ends in a \`)
			}
			if quote == '"' && strings.IndexByte("\"\\$`", line[i]) < 0 {
				word = append(word, c)
			}
			word, begun = append(word, line[i]), true
		case strings.IndexByte("$`", c) >= 0, quote == 0 && strings.IndexByte("|&;<>()*?[]{}~#!\n\r", c) >= 0:
			return nil, fmt.Errorf(`no shell runs the command, and %q needs one: quote it, or give a list, {"program", "argument"}`, c)
		case quote == '"':
			word = append(word, c)
		case c == '\'' || c == '"':
			quote, begun = c, true
		case c == ' ' || c == '\t':
			if begun {
				words, word, begun = append(words, string(word)), nil, false
			}
		default:
			word, begun = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the command has a %c without its other", quote)
	}
	if begun {
		words = append(words, string(word))
	}
	return words, nil
}
