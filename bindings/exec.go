package bindings

import (
	"context"
	"io"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// execOptions are the options of exec.
type execOptions struct {
	Container string
	Limit     lua.LValue
	Protocol  string
	Stdin     lua.LValue
	Stream    bool
	Timeout   lua.LValue
	TTY       bool
}

// podExec implements pod:exec{"sh", "-c", "...", stdin=, ...}, or with the
// options in a table of their own.
func podExec(c call, i *kube.Item) int {
	command, given := c.command()
	o := kube.ExecOptions{Container: given.Container, TTY: given.TTY, Protocol: given.Protocol, Timeout: c.limit(given.Timeout)}
	if given.Stream {
		if given.Stdin != nil && given.Stdin != lua.LNil || given.Limit != nil && given.Limit != lua.LNil {
			c.invalid("exec: a stream takes no stdin (write to it) and no limit")
		}
		return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Process, error) {
			return i.ExecStream(ctx, command, o)
		}), c.process))
	}
	limit := 0
	if given.Limit != nil && given.Limit != lua.LNil {
		if limit = c.natural(given.Limit, "option limit"); limit == 0 {
			c.invalid("option limit is 0 bytes")
		}
	}
	var stdin io.Reader
	switch v := given.Stdin.(type) {
	case nil, *lua.LNilType:
	case lua.LString:
		stdin = strings.NewReader(string(v))
	case *lua.LFunction:
		return c.execFed(i, command, v, limit, o)
	default:
		c.invalid("option stdin must be a string or a function, not %s", host.TypeName(v))
	}
	return c.push(c.execResult(blocking(c, func(ctx context.Context) (*kube.ExecResult, error) {
		return i.Exec(ctx, command, stdin, limit, o)
	})))
}

// command reads the command and the options of exec.
func (c call) command() ([]string, execOptions) {
	t, ok := c.L.Get(2).(*lua.LTable)
	if !ok {
		c.invalid(`exec: the command must be a table ({"sh", "-c", "date"}), not %s`, host.TypeName(c.L.Get(2)))
	}
	var command []string
	own := c.L.NewTable()
	t.ForEach(func(key, value lua.LValue) {
		if _, ok := key.(lua.LNumber); !ok {
			own.RawSet(key, value)
			return
		}
		if value.Type() != lua.LTString && value.Type() != lua.LTNumber {
			c.invalid("exec: part %s of the command must be a string, not %s", key, host.TypeName(value))
		}
		command = append(command, value.String())
	})
	if len(command) != t.Len() {
		c.invalid("exec: the command has holes")
	}
	if key, _ := own.Next(lua.LNil); key == lua.LNil {
		return command, options[execOptions](c, 3)
	}
	c.none(3)
	c.L.Push(own)
	defer c.L.Pop(1)
	return command, options[execOptions](c, c.L.GetTop())
}

// execFed runs a command whose input comes from a function, until that returns
// nil or the command takes no more.
func (c call) execFed(i *kube.Item, command []string, next *lua.LFunction, limit int, o kube.ExecOptions) int {
	p := blocking(c, func(ctx context.Context) (*kube.Process, error) { return i.ExecStream(ctx, command, o) })
	defer c.host.Cleanup(c.L, p.Close)
	type outcome struct {
		result *kube.ExecResult
		err    error
	}
	collected := make(chan outcome, 1)
	go func() {
		// The process ends with the task.
		result, err := p.Collect(context.Background(), limit)
		collected <- outcome{result, err}
	}()
	for {
		c.L.Push(next)
		c.L.Call(0, 1)
		v := c.L.Get(-1)
		c.L.Pop(1)
		if v == lua.LNil {
			break
		}
		text, ok := v.(lua.LString)
		if !ok {
			c.invalid("exec: the function stdin must return strings, and nil at the end, not %s", host.TypeName(v))
		}
		taken := blocking(c, func(ctx context.Context) (bool, error) {
			err := p.Write(ctx, []byte(text))
			return err == nil, context.Cause(ctx)
		})
		if !taken {
			break
		}
	}
	return c.push(c.execResult(blocking(c, func(ctx context.Context) (*kube.ExecResult, error) {
		p.CloseStdin()
		select {
		case o := <-collected:
			return o.result, o.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	})))
}

func (c call) execResult(r *kube.ExecResult) lua.LValue {
	t := c.L.NewTable()
	t.RawSetString("code", lua.LNumber(r.Code))
	t.RawSetString("stdout", lua.LString(r.Stdout))
	t.RawSetString("stderr", lua.LString(r.Stderr))
	return t
}

// processClass is a command that runs: a stream of pieces of output, each with
// the name of its stream.
var processClass = func() class[*kube.Process] {
	cl := streamClass("process", func(p *kube.Process) *kube.Events[kube.Output] { return p.Events }, func(c call, out kube.Output) int {
		return c.push(lua.LString(out.Data), lua.LString(out.Stream))
	})
	cl.methods["close_stdin"] = func(c call, p *kube.Process) int {
		c.none(2)
		c.block(func(context.Context) error {
			p.CloseStdin()
			return nil
		})
		return 0
	}
	cl.methods["resize"] = func(c call, p *kube.Process) int {
		cols, rows := c.natural(c.L.Get(2), "the number of columns"), c.natural(c.L.Get(3), "the number of rows")
		c.block(func(context.Context) error { return p.Resize(cols, rows) })
		return 0
	}
	cl.methods["wait"] = func(c call, p *kube.Process) int {
		timeout := c.wait(2)
		return c.push(lua.LNumber(blocking(c, func(ctx context.Context) (int, error) {
			if timeout >= 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeoutCause(ctx, timeout, kube.Errorf(kube.TimeoutError, "wait: the command has not ended after %s", timeout))
				defer cancel()
			}
			return p.Wait(ctx)
		})))
	}
	cl.methods["write"] = func(c call, p *kube.Process) int {
		text := c.text(2, "the input")
		c.block(func(ctx context.Context) error { return p.Write(ctx, []byte(text)) })
		return 0
	}
	return cl
}()

// limit reads an option timeout; 0 for none.
func (c call) limit(v lua.LValue) (none time.Duration) {
	if v == nil || v == lua.LNil {
		return none
	}
	d := c.seconds(v, "option timeout")
	if d == 0 {
		c.invalid("option timeout is 0 (leave it out for none)")
	}
	return d
}
